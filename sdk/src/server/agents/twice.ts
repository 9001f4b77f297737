/**
 * Two machines under one name and key, as an image makes them that was taken after the agent had run. Each counts its
 * receipts for itself, so both sign a receipt of the same number, with different words: no honest agent does that, for
 * a number is taken durably before it is used (THREATS N19).
 */
import type { ValueStore } from "../../ledger/index.ts";
import { parseJsonText, type Receipt, type RegisteredAgent } from "../../schema/index.ts";

/** Is this another receipt of the number of the one that was counted? Both are verified. */
export function isOfAnotherMachine(
  { counter }: Receipt,
  text: string,
  counted: string | undefined,
): boolean {
  if (counted === undefined || counted === text) return false;
  return (parseJsonText(counted, "a receipt that was counted") as Receipt).counter === counter;
}

/** Remembers that two machines use this key; a new key ends it. */
export async function noteTwice(
  { id, key = "" }: Pick<RegisteredAgent, "id" | "key">,
  values: Pick<ValueStore, "set">,
): Promise<void> {
  await values.set(placeOf(id), key);
}

/** Which of them are two machines, as far as is known. */
export async function findTwice(
  agents: readonly RegisteredAgent[],
  values: Pick<ValueStore, "some">,
): Promise<ReadonlySet<string>> {
  const noted = await values.some(agents.map(({ id }) => placeOf(id)));
  const twice = agents.filter(({ id, key }) => key !== undefined && noted.get(placeOf(id)) === key);
  return new Set(twice.map(({ id }) => id));
}

function placeOf(id: string): string {
  return `twice/${id}`;
}
