/**
 * Receipts, counted once each. Those that come while others are being written wait for each other and share the next
 * transaction: a few statements and one sync for up to 500 of them.
 */
import {
  verdictOn,
  type LedgerState,
  type ReceiptFacts,
  type ReceiptVerdict,
} from "../../ledger/index.ts";
import type { Database, Row, Statements } from "./database.ts";
import { planParts } from "./errands.ts";
import { Tallies, type Place } from "./ledger.ts";

interface Waiting {
  readonly receipt: ReceiptFacts;
  readonly resolve: (verdict: ReceiptVerdict) => void;
  readonly reject: (error: unknown) => void;
}

/** Most receipts of one transaction. */
const maxTogether = 500;

/** Takes receipts over this connection pool; each caller hears when its own is on the disk. */
export function receiptTaker(
  database: Database,
): (receipt: ReceiptFacts) => Promise<ReceiptVerdict> {
  let waiting: Waiting[] = [];
  let isWriting = false;
  const flush = async (): Promise<void> => {
    isWriting = true;
    // What comes in the same moment belongs to the first batch too.
    await new Promise((resolve) => setImmediate(resolve));
    while (waiting.length > 0) {
      const batch = waiting.slice(0, maxTogether);
      waiting = waiting.slice(maxTogether);
      try {
        const receipts = batch.map(({ receipt }) => receipt);
        const verdicts = await database.transaction("repeatable", (statements) =>
          takeTogether(statements, receipts),
        );
        for (const [index, { resolve }] of batch.entries()) resolve(verdicts[index] ?? "stranger");
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    isWriting = false;
  };
  return (receipt) =>
    new Promise((resolve, reject) => {
      waiting.push({ receipt, resolve, reject });
      if (!isWriting) void flush();
    });
}

/** An agent's row while a batch is judged. */
interface Standing {
  readonly place: Place;
  readonly before: LedgerState;
  counter: number;
  readonly counted: ReceiptFacts[];
}

async function takeTogether(
  statements: Statements,
  receipts: readonly ReceiptFacts[],
): Promise<ReceiptVerdict[]> {
  const standings = await lockRows(statements, receipts);
  const verdicts = receipts.map((receipt) => {
    const standing = standings.get(keyOf(receipt.deployment, receipt.agent));
    const verdict = verdictOn(receipt, standing?.counter);
    if (standing === undefined || verdict !== "counted") return verdict;
    standing.counter = receipt.counter;
    standing.counted.push(receipt);
    return verdict;
  });
  await writeRows(statements, [...standings.values()]);
  for (const { place, counted } of standings.values())
    for (const receipt of counted) await planParts(statements, place, receipt);
  return verdicts;
}

/** In one order, so that two processes never wait for each other. */
async function lockRows(
  statements: Statements,
  receipts: readonly ReceiptFacts[],
): Promise<Map<string, Standing>> {
  const rows = await statements.all(
    `SELECT deployments.id, ledger.deployment, ledger.agent, ledger.wave, ledger.state, ledger.counter
     FROM unnest($1::text[], $2::text[]) AS asked (id, agent)
     JOIN outrider.deployments ON deployments.id = asked.id
     JOIN outrider.ledger ON ledger.deployment = deployments.number AND ledger.agent = asked.agent
     ORDER BY ledger.deployment, ledger.agent FOR UPDATE OF ledger`,
    receipts.map(({ deployment }) => deployment),
    receipts.map(({ agent }) => agent),
  );
  return new Map(rows.map((row) => [keyOf(row["id"], row["agent"]), standingOf(row)]));
}

function standingOf(row: Row): Standing {
  return {
    place: { deployment: Number(row["deployment"]), wave: Number(row["wave"]) },
    before: row["state"] as LedgerState,
    counter: Number(row["counter"]),
    counted: [],
  };
}

async function writeRows(statements: Statements, standings: readonly Standing[]): Promise<void> {
  const tallies = new Tallies();
  const changed = standings.flatMap(({ place, before, counted }) => {
    const last = counted.at(-1);
    if (last === undefined) return [];
    tallies.add(place, before, -1);
    tallies.add(place, last.state, 1);
    return [{ place, last }];
  });
  if (changed.length === 0) return;
  await statements.run(
    `UPDATE outrider.ledger SET state = new.state, detail = new.detail, changed_ms = new.changed_ms,
       counter = new.counter, receipt = new.receipt
     FROM unnest($1::bigint[], $2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::text[])
       AS new (deployment, agent, state, detail, changed_ms, counter, receipt)
     WHERE ledger.deployment = new.deployment AND ledger.agent = new.agent`,
    changed.map(({ place }) => place.deployment),
    changed.map(({ last }) => last.agent),
    changed.map(({ last }) => last.state),
    changed.map(({ last }) => last.detail),
    changed.map(({ last }) => last.now.getTime()),
    changed.map(({ last }) => last.counter),
    changed.map(({ last }) => last.text),
  );
  await tallies.write(statements);
}

/** A deployment's id is a UUID. */
function keyOf(deployment: unknown, agent: unknown): string {
  return `${String(deployment)} ${String(agent)}`;
}
