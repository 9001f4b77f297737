/** The ledger's one way to change: rows and tallies together, so that the tallies are always the rows' sums. */
import type { LedgerState, RowChoice } from "../../ledger/index.ts";
import type { Statements } from "./database.ts";

/** A wave of a deployment. */
export interface Place {
  readonly deployment: number;
  readonly wave: number;
}

/**
 * What a transaction changes in the tallies, written at its end: several senders wait for the same rows, so they are
 * few to a shard, held as shortly as can be, and always in one order.
 */
export class Tallies {
  readonly #changes = new Map<
    string,
    { readonly place: Place; readonly state: LedgerState; count: number }
  >();

  /** Adds to a tally. */
  add(place: Place, state: LedgerState, count: number): void {
    const key = `${String(place.deployment).padStart(16, "0")} ${String(place.wave).padStart(6, "0")} ${state}`;
    const change = this.#changes.get(key);
    if (change === undefined) this.#changes.set(key, { place, state, count });
    else change.count += count;
  }

  /** Call it last. */
  async write(statements: Statements): Promise<void> {
    const changes = [...this.#changes]
      .filter(([, { count }]) => count !== 0)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([, change]) => change);
    if (changes.length === 0) return;
    await statements.run(
      `INSERT INTO outrider.tallies AS t
       SELECT *, pg_backend_pid() % 16 FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::bigint[])
       ON CONFLICT (deployment, wave, state, shard) DO UPDATE SET count = t.count + excluded.count`,
      changes.map(({ place }) => place.deployment),
      changes.map(({ place }) => place.wave),
      changes.map(({ state }) => state),
      changes.map(({ count }) => count),
    );
  }
}

/** How rows come to be. */
export interface RowChange {
  readonly to: LedgerState;
  readonly detail: string;
  readonly nowMs: number;
}

/** Moves all rows chosen; returns how many. */
export async function moveRows(
  statements: Statements,
  tallies: Tallies,
  place: Place,
  choice: RowChoice,
  { to, detail, nowMs }: RowChange,
): Promise<number> {
  const set = "UPDATE outrider.ledger SET state = $1, detail = $2, changed_ms = $3";
  const change = [to, detail, nowMs] as const;
  let count: number;
  if (choice.of === "job")
    count = await statements.run(
      `${set} WHERE job = $4 AND state = 'planned' AND ($5::text[] IS NULL OR agent = ANY($5::text[]))`,
      ...change,
      choice.job,
      choice.agents ?? null,
    );
  else if (choice.of === "silent")
    count = await statements.run(
      `${set} WHERE deployment = $4 AND wave = $5 AND changed_ms < $6 AND state = '${choice.from}'`,
      ...change,
      place.deployment,
      place.wave,
      choice.beforeMs,
    );
  else
    count = await statements.run(
      `${set} WHERE deployment = $4 AND wave = $5 AND state = $6`,
      ...change,
      place.deployment,
      place.wave,
      choice.from,
    );
  tallies.add(place, choice.from, -count);
  tallies.add(place, to, count);
  return count;
}
