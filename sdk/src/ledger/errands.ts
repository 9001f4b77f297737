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

/** What a receipt asks for, and by which way it goes. */
export interface PartsRequest extends AskedParts {
  readonly transport: string;
  readonly address: string;
  /** So many parts the agent may have again of this deployment, all its requests together. */
  readonly most: number;
}

/** Where a store keeps how many parts an agent has had again of a deployment, among its values. */
export function againKey(deployment: string, agent: string): string {
  return `resent/${deployment}/${agent}`;
}

/** What it may still have of what it asks for; from now on that is had. */
export function allowedOf(
  { parts, most }: Pick<PartsRequest, "parts" | "most">,
  had: number,
): readonly number[] {
  return parts.slice(0, Math.max(0, most - had));
}

/**
 * What an agent asks for while it waits already is one errand with what it waits for.
 *
 * @param waiting its jobs that wait, with their errands as JSON
 * @returns the job that it is added to, and the errand that this has now; `undefined` if it is one of its own
 */
export function addedTo(
  waiting: readonly Readonly<Record<string, unknown>>[],
  asked: AskedParts,
): { readonly job: number; readonly errand: string } | undefined {
  for (const { id, errand } of waiting) {
    const both = joined(JSON.parse(String(errand)) as Errand, asked);
    if (both !== undefined) return { job: Number(id), errand: JSON.stringify(both) };
  }
  return undefined;
}

function joined(waiting: Errand, asked: AskedParts): AskedParts | undefined {
  if (!("parts" in waiting) || waiting.notification !== asked.notification) return undefined;
  const parts = new Set([...waiting.parts, ...asked.parts]);
  return { notification: asked.notification, parts: [...parts].toSorted((a, b) => a - b) };
}
