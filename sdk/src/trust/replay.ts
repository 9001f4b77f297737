/**
 * Triggers and controls take effect once (THREATS T2): ids that did are remembered until they expire, when expiry
 * refuses them anyway. When the list is full the oldest goes and everything issued up to then counts as seen.
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
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
  const refuse = (why: Sentence): never => {
    throw new OutriderError(
      "REPLAYED",
      say("The {0} {1} {2}. Make a new one.", subject, order.id, why),
    );
  };
  if (seen.ids.some(({ id }) => id === order.id)) refuse(say("took effect before"));
  if (upTo !== undefined && isPast(order.issuedAt, new Date(upTo)))
    refuse(say("was issued before {0}, and older ones are no longer told apart", upTo));
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
