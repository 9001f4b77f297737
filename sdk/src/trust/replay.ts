/**
 * Triggers and controls take effect once (THREATS T2): ids that did are remembered until they expire, when expiry
 * refuses them anyway. When the list is full the oldest goes and everything issued up to then counts as seen.
 */
import { OutriderError, say } from "../errors/index.ts";
import { maxRemembered, type SeenMemory } from "./memory.ts";
import { isPast } from "./time.ts";

/** What is told of an order. */
export interface Order {
  readonly id: string;
  readonly issuedAt: string;
  readonly expiresAt: string;
}

/** @throws REPLAYED when it took effect before */
export function checkUnseen(seen: SeenMemory, order: Order, subject: string): void {
  const { upTo } = seen;
  if (seen.ids.some(({ id }) => id === order.id))
    throw new OutriderError(
      "REPLAYED",
      say("The {0} {1} took effect before. Make a new one.", subject, order.id),
    );
  if (upTo !== undefined && isPast(order.issuedAt, new Date(upTo)))
    throw new OutriderError(
      "REPLAYED",
      say(
        "The {0} {1} was issued before {2}, and older ones are no longer told apart. Make a new one.",
        subject,
        order.id,
        upTo,
      ),
    );
}

/** Remembers that it took effect. */
export function rememberOrder(seen: SeenMemory, order: Order, now: Date): SeenMemory {
  const { id, issuedAt, expiresAt } = order;
  const ids = [
    ...seen.ids.filter((other) => other.id !== id && !isPast(other.expiresAt, now)),
    { id, issuedAt, expiresAt },
  ];
  if (ids.length <= maxRemembered) return { ...seen, ids };
  const oldest = ids.reduce((a, b) => (Date.parse(b.issuedAt) < Date.parse(a.issuedAt) ? b : a));
  return { upTo: oldest.issuedAt, ids: ids.filter((other) => other !== oldest) };
}
