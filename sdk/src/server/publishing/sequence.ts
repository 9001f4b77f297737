/**
 * Numbers of what the server signs: agents take nothing that is older than what they have seen of the same key (DESIGN
 * 5).
 */
import type { ValueStore } from "../../ledger/index.ts";
import type { KeySource } from "../../ports/index.ts";

/** The next number of this type under this key. */
export async function nextSequence(
  type: "notification" | "catalog",
  key: Pick<KeySource, "fingerprint">,
  values: Pick<ValueStore, "count">,
): Promise<number> {
  return values.count(`sequence/${type}/${key.fingerprint}`);
}
