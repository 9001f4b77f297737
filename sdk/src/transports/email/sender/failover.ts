/** Relays in order: the first that answers decides; one that took nothing is passed over. */
import { OutriderError } from "../../../errors/index.ts";
import type { RelayAnswer } from "./answer.ts";
import type { RelayConnection } from "./relay.ts";

/** An answer after which no other relay is asked. */
export type FinalAnswer = Exclude<RelayAnswer, { kind: "unavailable" }>;

/**
 * The first relay that answers.
 *
 * @throws UNAVAILABLE where none took anything.
 */
export async function handToAny(
  relays: readonly RelayConnection[],
  hand: (relay: RelayConnection) => Promise<RelayAnswer>,
): Promise<FinalAnswer> {
  const causes: Error[] = [];
  for (const relay of relays)
    for (let tries = 0, again = true; again && tries < 2; tries++) {
      const answer = await hand(relay);
      if (answer.kind !== "unavailable") return answer;
      causes.push(answer.cause);
      again = answer.again;
    }
  const names = relays.map(({ name }) => name).join(", ");
  throw new OutriderError(
    "UNAVAILABLE",
    `No mail relay took the message (${names}): ${causes.at(-1)?.message ?? "no answer"}. It is tried again later.`,
    { subject: names, cause: new AggregateError(causes, "No relay took it.") },
  );
}
