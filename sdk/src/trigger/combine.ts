/**
 * Combinations: any of several sources, or all of them within a window. They nest; what they need to know their parts
 * keep.
 */
import { createHash } from "node:crypto";
import type { EventSource, Firing } from "./source.ts";

/** Fires whenever one of its parts does. */
export function anyOf(parts: readonly EventSource[]): EventSource {
  return {
    async due(now) {
      const firings = await Promise.all(parts.map((part) => part.due(now)));
      return firings
        .flatMap((part, index) =>
          part.map((firing) => ({ ...firing, key: `${index}:${firing.key}` })),
        )
        .toSorted((one, other) => one.at.getTime() - other.at.getTime());
    },
  };
}

/**
 * Fires when every part has fired, the first and the last of them at most the window apart. What one part did too long
 * before the others is dropped.
 */
export function allOf(parts: readonly EventSource[], withinMs: number): EventSource {
  return {
    async due(now) {
      const firings = await Promise.all(parts.map((part) => part.due(now)));
      const { stale, whole } = match(firings, withinMs, now.getTime());
      for (const firing of stale) await firing.settle();
      return whole === undefined ? [] : [combined(whole)];
    },
  };
}

/**
 * The earliest complete set. The latest of the parts' oldest firings bounds every set there can be (a part that has not
 * fired will not do so before now), so what is older than the window before that bound belongs to none.
 */
function match(
  firings: readonly (readonly Firing[])[],
  withinMs: number,
  nowMs: number,
): { readonly stale: readonly Firing[]; readonly whole?: readonly Firing[] } {
  const queues = firings.map((part) => [...part]);
  const stale: Firing[] = [];
  for (;;) {
    const bound = Math.max(...queues.map(([head]) => head?.at.getTime() ?? nowMs));
    const late = queues.filter(
      ([head]) => head !== undefined && bound - head.at.getTime() > withinMs,
    );
    for (const queue of late) stale.push(...queue.splice(0, 1));
    if (late.length > 0) continue;
    const whole = queues.flatMap((queue) => queue.slice(0, 1));
    return whole.length === queues.length ? { stale, whole } : { stale };
  }
}

function combined(firings: readonly Firing[]): Firing {
  const key = createHash("sha256")
    .update(firings.map(({ key }) => key).join("\n"))
    .digest("hex");
  const details = firings.map(({ event }) => event.detail ?? event.kind);
  return {
    key,
    at: new Date(Math.max(...firings.map(({ at }) => at.getTime()))),
    event: { kind: "combination", detail: details.join(" and ").slice(0, 2000) },
    async settle() {
      for (const firing of firings) await firing.settle();
    },
  };
}
