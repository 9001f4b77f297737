/**
 * In which order shares take an audience: by HMAC-SHA-256(deployment id, agent id), of which 32 bits are compared; who
 * draws the same lot comes in the roster's order. Numbers are sorted, not objects: an audience may be ten million.
 */
import type { Roster } from "../audience/roster.ts";
import { lots } from "./draw.ts";

/** Lots drawn in one slice: some milliseconds. */
const sliceSize = 8192;
/** Which half of 64 bits is the upper one in memory. */
const upper: 0 | 1 = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1 ? 1 : 0;

/** The members' numbers in drawn order. Stops after every slice. */
export function* drawOrder(
  deployment: string,
  roster: Pick<Roster, "size" | "agent">,
): Generator<undefined, Uint32Array, undefined> {
  const drawn = new BigUint64Array(roster.size);
  const halves = new Uint32Array(drawn.buffer);
  const lotOf = lots(deployment);
  for (let from = 0; from < roster.size; from += sliceSize) {
    const to = Math.min(roster.size, from + sliceSize);
    for (let index = from; index < to; index++) {
      halves[2 * index + upper] = lotOf(roster.agent(index));
      halves[2 * index + 1 - upper] = index;
    }
    yield;
  }
  drawn.sort();
  yield;
  // Where the lots were, the numbers move together: what is left over is given back at once, not when it is collected.
  for (let place = 0; place < roster.size; place++)
    halves[place] = halves[2 * place + 1 - upper] ?? 0;
  return new Uint32Array(drawn.buffer.transfer(roster.size * halves.BYTES_PER_ELEMENT));
}
