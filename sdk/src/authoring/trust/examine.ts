/** What is wrong with a trust document beyond its schema: keys that are nobody's, thresholds that nobody can meet. */
import { say } from "../../errors/index.ts";
import type { Trust } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";
import { counts, keyRemark } from "./keys.ts";

interface PlacedRole {
  readonly pointer: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly threshold: number;
}

/** Examines a trust document that its schema accepts. */
export function examineTrust(trust: Trust, now: Date): Remark[] {
  return [
    ...examineExpiry(trust, now),
    ...trust.keys.flatMap((key, at) => keyRemark(trust, key, `/keys/${at}/notAfter`, now)),
    ...rolesOf(trust).flatMap((role) => examineRole(trust, role, now)),
  ];
}

function examineExpiry({ expiresAt }: Trust, now: Date): Remark[] {
  if (Date.parse(expiresAt) > now.getTime()) return [];
  return [
    {
      code: "TRUST_EXPIRED",
      severity: "warning",
      pointer: "/expiresAt",
      sentence: say("This version authorises nothing any more: make the next one."),
    },
  ];
}

function rolesOf({ roles: { root, server, release, push } }: Trust): PlacedRole[] {
  return [
    { pointer: "/roles/root", name: "root", ...root },
    { pointer: "/roles/server", name: "server", ...server },
    ...release.map((role, at) => ({
      pointer: `/roles/release/${at}`,
      name: `release of ${role.packages.join(", ")}`,
      ...role,
    })),
    ...push.map((role, at) => ({
      pointer: `/roles/push/${at}`,
      name: `push to ${role.groups.join(", ")}`,
      ...role,
    })),
  ];
}

/** A threshold counts persons: two keys of one primary are one. */
function examineRole(trust: Trust, role: PlacedRole, now: Date): Remark[] {
  const known = new Map(trust.keys.map((key) => [key.fingerprint, key]));
  const strangers = role.keys.flatMap((fingerprint, at) =>
    known.has(fingerprint)
      ? []
      : [
          {
            code: "KEY_UNKNOWN",
            severity: "error",
            pointer: `${role.pointer}/keys/${at}`,
            sentence: say("No key of this document has the fingerprint {0}.", fingerprint),
          } satisfies Remark,
        ],
  );
  const persons = new Set(
    role.keys.flatMap((fingerprint) => {
      const key = known.get(fingerprint);
      return key !== undefined && counts(trust, key, now) ? [key.primary] : [];
    }),
  );
  if (persons.size >= role.threshold) return strangers;
  return [
    ...strangers,
    {
      code: "THRESHOLD_NOT_MET",
      severity: "error",
      pointer: `${role.pointer}/threshold`,
      sentence: say(
        "Persons that must sign for {0}: {1}; persons whose key counts: {2}.",
        role.name,
        role.threshold,
        persons.size,
      ),
    },
  ];
}
