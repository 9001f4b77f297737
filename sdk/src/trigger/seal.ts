/** Signs an order as a person makes it: nothing that its readers would refuse, and by everybody who must sign. */
import { encodeEnvelope, sealText } from "../messages/index.ts";
import type { KeySource } from "../ports/index.ts";
import { readDocumentText, validateControl, validateTrigger } from "../schema/index.ts";

/** Who signs. */
export interface SealOptions {
  readonly keys: readonly KeySource[];
  readonly signal?: AbortSignal;
}

/** What nobody would take is not signed: a typing error is said here, by its JSON pointer. */
const check = {
  "control/1": (text: string): unknown => readDocumentText(text, validateControl, "the control"),
  "trigger/1": (text: string): unknown => readDocumentText(text, validateTrigger, "the trigger"),
};

/**
 * The envelope of an order.
 *
 * @throws DOCUMENT_INVALID for members that nobody takes, and what the key sources throw
 */
export async function sealOrder(
  type: "control/1" | "trigger/1",
  text: string,
  { keys, signal }: SealOptions,
): Promise<Uint8Array> {
  check[type](text);
  const bytes = new TextEncoder().encode(text);
  const signing = signal === undefined ? {} : { signal };
  // One after the other: two cards may share one reader, two passphrases one terminal.
  const signatures: string[] = [];
  for (const key of keys) signatures.push(await key.sign(bytes, signing));
  return encodeEnvelope(sealText(type, text, signatures));
}
