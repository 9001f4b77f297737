/**
 * Edits of trust documents, for people's tools: pure, from one draft to another. A draft may be unfinished between two
 * edits; `writeTrust` lets only a finished one become a text to sign.
 *
 * A signed document is never edited: `nextTrust` makes the draft of its successor, and the edits go there.
 */
import { OutriderError } from "../errors/index.ts";
import { readSealedDocument, sealText } from "../messages/index.ts";
import type { Role, Trust, TrustedKey } from "../schema/index.ts";
import { fits } from "./pattern.ts";
import { checkTrustShape } from "./shape.ts";

/** When a document is made, and how long it is good. */
export interface Validity {
  readonly now: Date;
  /** Days, at least one. */
  readonly validDays: number;
}

/** Keys and how many persons of them must sign. */
export interface RoleKeys {
  readonly keys: readonly TrustedKey[];
  readonly threshold: number;
}

/** What a role is granted for: the whole vendor, or names and patterns. */
export type RoleScope =
  | { readonly role: "root" | "server" }
  | { readonly role: "release"; readonly packages: readonly string[] }
  | { readonly role: "push"; readonly groups: readonly string[] };

/** The first document: who is root, and which key the server has. Nobody may release or push yet. */
export function createTrust(
  { root, server }: { readonly root: RoleKeys; readonly server: RoleKeys },
  validity: Validity,
): Trust {
  const draft: Trust = {
    type: "trust/1",
    version: 1,
    ...datesOf(validity),
    keys: [],
    roles: { root: emptyRole, server: emptyRole, release: [], push: [] },
  };
  return grantRole(grantRole(draft, { role: "root" }, root), { role: "server" }, server);
}

/** The draft of the next version: same keys and roles, new dates. */
export function nextTrust(trust: Trust, validity: Validity): Trust {
  return { ...structuredClone(trust), version: trust.version + 1, ...datesOf(validity) };
}

/** Lists a key, or renews what is said of it; it may do nothing yet. */
export function addKey(draft: Trust, key: TrustedKey): Trust {
  const trust = structuredClone(draft);
  const index = trust.keys.findIndex(({ fingerprint }) => fingerprint === key.fingerprint);
  if (index < 0) trust.keys.push({ ...key });
  else trust.keys[index] = { ...key };
  return trust;
}

/**
 * Gives a role to exactly these keys, and lists them. A new entry of `release` or `push` is put before the first
 * whose patterns would fit it: else that one would go on deciding.
 */
export function grantRole(draft: Trust, scope: RoleScope, { keys, threshold }: RoleKeys): Trust {
  const trust = keys.reduce(addKey, structuredClone(draft));
  const role: Role = { keys: keys.map(({ fingerprint }) => fingerprint), threshold };
  const { roles } = trust;
  if (scope.role === "release")
    place(roles.release, { packages: [...scope.packages], ...role }, ({ packages }) => packages);
  else if (scope.role === "push")
    place(roles.push, { groups: [...scope.groups], ...role }, ({ groups }) => groups);
  else roles[scope.role] = role;
  return trust;
}

/**
 * Takes a key out of the document and of every role; with `revoke` it is named as revoked, too, so that it can never
 * come back unnoticed.
 *
 * @throws KEY_UNKNOWN, and CONFIG_INVALID when a role would be left without enough keys: an entry that went would hand
 * its names to the next one
 */
export function removeKey(
  draft: Trust,
  fingerprint: string,
  { revoke = false }: { readonly revoke?: boolean } = {},
): Trust {
  const trust = structuredClone(draft);
  if (!trust.keys.some((key) => key.fingerprint === fingerprint))
    throw new OutriderError("KEY_UNKNOWN", `The trust document has no key ${fingerprint}.`, {
      subject: fingerprint,
    });
  const primaries = new Map(trust.keys.map((key) => [key.fingerprint, key.primary]));
  for (const [name, role] of namedRoles(trust)) {
    if (!role.keys.includes(fingerprint)) continue;
    role.keys = role.keys.filter((key) => key !== fingerprint);
    const persons = new Set(role.keys.map((key) => primaries.get(key)));
    if (persons.size < role.threshold)
      throw new OutriderError(
        "CONFIG_INVALID",
        `Without key ${fingerprint} only ${persons.size} persons are left for the role ${name}, which takes ${role.threshold}. Grant that role to others first.`,
        { subject: fingerprint },
      );
  }
  trust.keys = trust.keys.filter((key) => key.fingerprint !== fingerprint);
  if (revoke) trust.revoked = { ...trust.revoked, keys: withOne(trust.revoked?.keys, fingerprint) };
  return trust;
}

/** Recalls a release for good. */
export function revokeManifest(draft: Trust, sha256: string): Trust {
  const trust = structuredClone(draft);
  trust.revoked = { ...trust.revoked, manifests: withOne(trust.revoked?.manifests, sha256) };
  return trust;
}

/**
 * The text to sign, for `trust.json`: one member a line, so that people can compare versions.
 *
 * @throws DOCUMENT_INVALID when it does not match its schema, or a role could not reach its threshold; CONFIG_INVALID
 * when the root keys run out before the document does, because then nobody could sign its successor
 */
export function writeTrust(trust: Trust): string {
  const text = `${JSON.stringify(trust, null, 2)}\n`;
  const document = readSealedDocument(sealText("trust/1", text, []), "the trust document");
  checkTrustShape(document);
  const lasting = document.keys.filter(
    ({ fingerprint, notAfter }) =>
      document.roles.root.keys.includes(fingerprint) &&
      !(Date.parse(notAfter) < Date.parse(document.expiresAt)),
  );
  if (new Set(lasting.map(({ primary }) => primary)).size < document.roles.root.threshold)
    throw new OutriderError(
      "CONFIG_INVALID",
      `The document is good until ${document.expiresAt}, but by then too few root keys are. Renew the keys, or make it good for a shorter time.`,
      { pointer: "/expiresAt" },
    );
  return text;
}

const emptyRole: Role = { keys: [], threshold: 1 };

function datesOf({ now, validDays }: Validity): Pick<Trust, "issuedAt" | "expiresAt"> {
  const expires = new Date(now.getTime() + validDays * 86_400_000);
  return { issuedAt: now.toISOString(), expiresAt: expires.toISOString() };
}

/** Puts the entry in place of the one with the same patterns, or before the first that would hide it. */
function place<E extends Role>(
  entries: E[],
  entry: E,
  patternsOf: (entry: E) => readonly string[],
): void {
  const patterns = new Set(patternsOf(entry));
  const same = entries.findIndex((other) => {
    const others = patternsOf(other);
    return others.length === patterns.size && others.every((pattern) => patterns.has(pattern));
  });
  if (same >= 0) {
    entries[same] = entry;
    return;
  }
  const hiding = entries.findIndex((other) =>
    patternsOf(other).some((pattern) => [...patterns].some((name) => fits(pattern, name))),
  );
  entries.splice(hiding < 0 ? entries.length : hiding, 0, entry);
}

/** Every role with its name for people. */
export function namedRoles({ roles }: Trust): [name: string, role: Role][] {
  return [
    ["root", roles.root],
    ["server", roles.server],
    ...roles.release.map((role): [string, Role] => [
      `release of ${role.packages.join(", ")}`,
      role,
    ]),
    ...roles.push.map((role): [string, Role] => [`push to ${role.groups.join(", ")}`, role]),
  ];
}

function withOne(list: readonly string[] | undefined, entry: string): string[] {
  return [...new Set(list).add(entry)];
}
