/**
 * Which keys must sign what. A threshold counts distinct persons, that is primary fingerprints: one key signing
 * twice, or two subkeys of one person, count once (THREATS S2; TUF 4.2.1).
 *
 * Entries of `release` and `push` are an ordered list: the first that fits a name decides alone, so that a general
 * entry further down gives nobody a way round a strict one above it.
 */
import { OutriderError } from "../errors/index.ts";
import type { Audience, Role, Trust, TrustedKey } from "../schema/index.ts";
import type { Checks } from "./checks.ts";
import { fits } from "./pattern.ts";
import { namesOf } from "./signers.ts";

/** A role as it applies to one document. */
export interface Requirement {
  /** For people: `release of demo-app`. */
  readonly name: string;
  readonly role: Role;
}

/** Root, old or new. */
export function rootRequirement(trust: Trust): Requirement {
  return { name: `root of version ${trust.version}`, role: trust.roles.root };
}

/** Notifications and catalogs. */
export function serverRequirement(trust: Trust): Requirement {
  return { name: "server", role: trust.roles.server };
}

/** @throws KEY_ROLE when no entry fits the name */
export function releaseRequirement(trust: Trust, packageName: string): Requirement {
  const role = trust.roles.release.find(({ packages }) =>
    packages.some((pattern) => fits(pattern, packageName)),
  );
  if (role === undefined)
    throw new OutriderError(
      "KEY_ROLE",
      `The trust document lets nobody release ${packageName}. Grant the release role for it.`,
    );
  return { name: `release of ${packageName}`, role };
}

/**
 * Who must sign for an audience: for each group the first entry that fits. An agent named singly may be in any group,
 * so naming it takes everybody who decides for any group: all entries down to the first with the pattern `*`.
 *
 * @throws KEY_ROLE when somebody is not covered, or nobody is named
 */
export function pushRequirements(trust: Trust, audience: Audience): Requirement[] {
  const { groups = [], agents = [] } = audience;
  // Without this, no requirement would mean that every signature will do.
  if (groups.length + agents.length === 0)
    throw new OutriderError("KEY_ROLE", "The audience names nobody, so nobody may push to it.");
  const entries = trust.roles.push;
  const needed = new Map<number, string>();
  for (const group of groups) {
    const index = entries.findIndex(({ groups }) => groups.some((pattern) => fits(pattern, group)));
    if (index < 0)
      throw new OutriderError(
        "KEY_ROLE",
        `The trust document lets nobody push to the group ${group}. Grant the push role for it.`,
      );
    if (!needed.has(index)) needed.set(index, `push to ${group}`);
  }
  if (agents.length > 0) {
    const general = entries.findIndex(({ groups }) => groups.includes("*"));
    if (general < 0)
      throw new OutriderError(
        "KEY_ROLE",
        `The trust document lets nobody push to single agents such as ${agents[0]}. Grant the push role for *, or name groups.`,
      );
    for (let index = 0; index <= general; index++)
      if (!needed.has(index)) needed.set(index, "push to single agents");
  }
  return entries.flatMap((role, index) => {
    const name = needed.get(index);
    return name === undefined ? [] : [{ name, role }];
  });
}

/**
 * Holds the signers to a requirement.
 *
 * @returns those of them who are in the role: all, not one a person, so that what a server said is booked under every
 * key that said it, and stripping a signature hides nothing.
 * @throws KEY_ROLE when none of them is in the role, THRESHOLD_NOT_MET when too few persons are
 */
export function requireRole(
  signers: readonly TrustedKey[],
  { name, role }: Requirement,
  subject: string,
  checks: Checks,
): TrustedKey[] {
  return checks.make(
    subject,
    "role",
    () => {
      const members = signers.filter(({ fingerprint }) => role.keys.includes(fingerprint));
      if (members.length === 0)
        throw new OutriderError(
          "KEY_ROLE",
          `${namesOf(signers)} signed the ${subject} and may not: it takes the role ${name}.`,
        );
      const persons = new Set(members.map(({ primary }) => primary));
      if (persons.size < role.threshold)
        throw new OutriderError(
          "THRESHOLD_NOT_MET",
          `The ${subject} needs ${role.threshold} persons of the role ${name}; ${persons.size} signed: ${namesOf(members)}.`,
        );
      return members;
    },
    (members) =>
      `The role ${name} takes ${role.threshold} of its persons; it is signed by ${namesOf(members)}.`,
  );
}

/** Is the agent meant? */
export function includes(
  audience: Audience,
  agent: { readonly id: string; readonly groups: readonly string[] },
): boolean {
  return (
    audience.agents?.includes(agent.id) === true ||
    audience.groups?.some((group) => agent.groups.includes(group)) === true
  );
}
