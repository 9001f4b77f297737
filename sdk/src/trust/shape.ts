/**
 * What a trust document must be beyond its schema, so that no role is weaker than it reads: every key is itself,
 * stands once, and every role can reach its threshold with keys that count (THREATS S2, K1).
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
import type { Role, Trust } from "../schema/index.ts";
import { fingerprintOf } from "../signing/index.ts";
import { isRevoked } from "./revocation.ts";

/** @throws DOCUMENT_INVALID with the JSON pointer of what is wrong */
export function checkTrustShape(trust: Trust): void {
  checkKeys(trust);
  const { root, server, release, push } = trust.roles;
  checkRole(trust, root, "/roles/root");
  checkRole(trust, server, "/roles/server");
  for (const [index, role] of release.entries()) checkRole(trust, role, `/roles/release/${index}`);
  for (const [index, role] of push.entries()) checkRole(trust, role, `/roles/push/${index}`);
  if (!(Date.parse(trust.expiresAt) > Date.parse(trust.issuedAt)))
    refuse("/expiresAt", say("is not later than issuedAt"));
}

function checkKeys({ keys }: Trust): void {
  const primaries = new Map<string, string>();
  const materials = new Map<string, string>();
  for (const [index, key] of keys.entries()) {
    const pointer = `/keys/${index}`;
    const packet = Buffer.from(key.packet, "base64");
    if (primaries.has(key.fingerprint))
      refuse(pointer, say("names a key that stands in the list already"));
    primaries.set(key.fingerprint, key.primary);
    if (fingerprintOf(packet) !== key.fingerprint)
      refuse(pointer, say("has a packet with another fingerprint"));
    // The same key under another date has another fingerprint (RFC 9580 5.5.4): past version and date it is equal.
    const material = packet.subarray(5).toString("base64");
    if ((materials.get(material) ?? key.primary) !== key.primary)
      refuse(pointer, say("is a key that another person has already"));
    materials.set(material, key.primary);
  }
  for (const [index, { primary }] of keys.entries())
    if ((primaries.get(primary) ?? primary) !== primary)
      refuse(`/keys/${index}/primary`, say("names a subkey of somebody else"));
}

function checkRole(trust: Trust, role: Role, pointer: string): void {
  const persons = new Set<string>();
  for (const [index, fingerprint] of role.keys.entries()) {
    const key = trust.keys.find((other) => other.fingerprint === fingerprint);
    if (key === undefined)
      refuse(`${pointer}/keys/${index}`, say("is not among the document's keys"));
    else if (!isRevoked(trust, key)) persons.add(key.primary);
  }
  if (persons.size < role.threshold)
    refuse(
      `${pointer}/threshold`,
      say("is {0}, and only {1} different persons could sign", role.threshold, persons.size),
    );
}

function refuse(pointer: string, what: Sentence): never {
  throw new OutriderError("DOCUMENT_INVALID", say("The trust document's {0} {1}.", pointer, what), {
    subject: "trust/1",
    pointer,
  });
}
