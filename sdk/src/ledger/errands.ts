/**
 * What is sent beside a deployment's waves, whatever state it is in: people's orders to those who were written to, and
 * parts of an archive that a machine asks for again.
 */

/** One of them; a job's recipients are those who have still to get it. */
export type Errand = ToldControl | AskedParts;

/** A control, by its id. */
export interface ToldControl {
  readonly control: string;
}

/** Parts of the archive, by number, as the notification of this id lists them. */
export interface AskedParts {
  readonly notification: string;
  readonly parts: readonly number[];
}

/** Who asks for parts, and by which way they go. */
export interface PartsRequest extends AskedParts {
  readonly deployment: string;
  readonly agent: string;
  readonly transport: string;
  readonly address: string;
  readonly now: Date;
}

/** What an agent asks for while it waits already is one errand with what it waits for. */
export function joined(waiting: Errand, asked: AskedParts): AskedParts | undefined {
  if (!("parts" in waiting) || waiting.notification !== asked.notification) return undefined;
  const parts = new Set([...waiting.parts, ...asked.parts]);
  return { notification: asked.notification, parts: [...parts].toSorted((a, b) => a - b) };
}
