/** What a draft changes, in sentences: whoever signs should see it. Pure. */
import type { Trust } from "../../schema/index.ts";
import { namedRoles } from "../../trust/index.ts";

/** One line per change. */
export function describeChanges(before: Trust | undefined, after: Trust): string[] {
  const earlier = new Map(before === undefined ? [] : rolesOf(before));
  const later = new Map(rolesOf(after));
  const changes = [...later].flatMap(([name, holders]) => {
    const previous = earlier.get(name);
    if (previous === holders) return [];
    return [`${name}: ${holders}${previous === undefined ? "" : `, was ${previous}`}`];
  });
  for (const name of earlier.keys()) if (!later.has(name)) changes.push(`${name}: nobody any more`);
  for (const kind of ["keys", "manifests"] as const) {
    const known = before?.revoked?.[kind] ?? [];
    const now = after.revoked?.[kind] ?? [];
    const what = kind === "keys" ? "revoked key" : "recalled manifest";
    changes.push(...now.filter((one) => !known.includes(one)).map((one) => `${what} ${one}`));
    const back = kind === "keys" ? "no longer revoked" : "no longer recalled";
    changes.push(...known.filter((one) => !now.includes(one)).map((one) => `${back}: ${one}`));
  }
  return [...changes, `good until ${after.expiresAt}`];
}

function rolesOf(trust: Trust): [name: string, holders: string][] {
  const owners = new Map(trust.keys.map(({ fingerprint, owner }) => [fingerprint, owner]));
  return namedRoles(trust).map(([name, { keys, threshold }]) => {
    const holders = keys.map((key) => `${owners.get(key) ?? "?"} (${key.slice(-16)})`).join(", ");
    return [name, `${threshold} of ${keys.length}: ${holders}`];
  });
}
