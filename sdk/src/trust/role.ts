/**
 * Which keys must sign what. A threshold counts distinct persons, that is primary fingerprints: one key signing
 * twice, or two subkeys of one person, count once (THREATS S2; TUF 4.2.1).
 *
 * Entries of `release` and `push` are an ordered list: the first that fits a name decides alone, so that a general
 * entry further down gives nobody a way round a strict one above it.
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
import type { Audience, Role, Trust, TrustedKey } from "../schema/index.ts";
import type { Checks } from "./checks.ts";
import { fits } from "./pattern.ts";
import { namesOf } from "./signers.ts";

/** A role as it applies to one document. */
export interface Requirement {
  /** `release of demo-app`. */
  readonly name: Sentence;
  readonly role: Role;
}

/** Root, old or new. */
export function rootRequirement(trust: Trust): Requirement {
  return { name: say("root of version {0}", trust.version), role: trust.roles.root };
}

/** Notifications and catalogs. */
export function serverRequirement(trust: Trust): Requirement {
  return { name: say("server"), role: trust.roles.server };
}

/** @throws KEY_ROLE when no entry fits the name */
export function releaseRequirement(trust: Trust, packageName: string): Requirement {
  const role = trust.roles.release.find(({ packages }) =>
    packages.some((pattern) => fits(pattern, packageName)),
  );
  if (role === undefined)
    throw new OutriderError(
      "KEY_ROLE",
      say(
        "The trust document lets nobody release {0}. Grant the release role for it.",
        packageName,
      ),
    );
  return { name: say("release of {0}", packageName), role };
}

/**
 * Who must sign for an audience: for each group the first entry that fits. An agent named singly may be in any group,
 * so naming it takes everybody who decides for any group: all entries down to the first with the pattern `*`.
 *
 * @throws KEY_ROLE when somebody is not covered, or nobody is named
 */
export function pushRequirements(trust: Trust, audience: Audience): Requirement[] {
  const { groups = [], agents = [] } = audience;
  const [agent] = agents;
  // Without this, no requirement would mean that every signature will do.
  if (groups.length + agents.length === 0)
    throw new OutriderError(
      "KEY_ROLE",
      say("The audience names nobody, so nobody may push to it."),
    );
  const entries = trust.roles.push;
  const needed = new Map<number, Sentence>();
  for (const group of groups) {
    const index = entries.findIndex(({ groups }) => groups.some((pattern) => fits(pattern, group)));
    if (index < 0)
      throw new OutriderError(
        "KEY_ROLE",
        say(
          "The trust document lets nobody push to the group {0}. Grant the push role for it.",
          group,
        ),
      );
    if (!needed.has(index)) needed.set(index, say("push to {0}", group));
  }
  if (agent !== undefined) {
    const general = entries.findIndex(({ groups }) => groups.includes("*"));
    if (general < 0)
      throw new OutriderError(
        "KEY_ROLE",
        say(
          "The trust document lets nobody push to single agents such as {0}. Grant the push role for *, or name groups.",
          agent,
        ),
      );
    for (let index = 0; index <= general; index++)
      if (!needed.has(index)) needed.set(index, say("push to single agents"));
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
          say(
            "{0} signed the {1} and may not: it takes the role {2}.",
            namesOf(signers),
            subject,
            name,
          ),
        );
      const persons = new Set(members.map(({ primary }) => primary));
      if (persons.size < role.threshold)
        throw new OutriderError(
          "THRESHOLD_NOT_MET",
          say(
            "The {0} needs {1} persons of the role {2}; {3} signed: {4}.",
            subject,
            role.threshold,
            name,
            persons.size,
            namesOf(members),
          ),
        );
      return members;
    },
    (members) =>
      say(
        "The role {0} takes {1} of its persons; it is signed by {2}.",
        name,
        role.threshold,
        namesOf(members),
      ),
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
