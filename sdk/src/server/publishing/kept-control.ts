/** Controls that took effect, kept as they came: mails and the catalog tell of them with the same signed bytes. */
import type { ValueStore } from "../../ledger/index.ts";
import { openEnvelope, recognize, type SealedDocument } from "../../messages/index.ts";
import type { Control } from "../../schema/index.ts";

/** A control that was verified when it was kept. */
export interface KeptControl {
  readonly envelope: Uint8Array;
  readonly sealed: SealedDocument<"control/1">;
  readonly document: Control;
}

/** Keeps the envelope of a verified control. */
export async function keepControl(
  id: string,
  envelope: Uint8Array,
  values: Pick<ValueStore, "keep">,
): Promise<void> {
  await values.keep(nameOf(id), new TextDecoder().decode(envelope));
}

/** Finds it again. */
export async function findControl(
  id: string,
  values: Pick<ValueStore, "get">,
): Promise<KeptControl | undefined> {
  const envelope = new TextEncoder().encode(await values.get(nameOf(id)));
  const message = recognize(envelope, "control/1");
  if (message === undefined) return undefined;
  const sealed = openEnvelope(message);
  return { envelope, sealed, document: JSON.parse(sealed.text) as Control };
}

function nameOf(id: string): string {
  return `control/${id}`;
}
