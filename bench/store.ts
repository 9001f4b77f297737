/**
 * Both stores: recipients planned, settled in jobs of 500 and answered, a second; settling against the bare database that
 * changes as many rows in as many transactions.
 *
 *     node bench/store.ts [--recipients 200000] [--rounds 3]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { ReceiptFacts, ServerStore } from "../sdk/src/ledger/index.ts";
import { postgresStore } from "../sdk/src/store/postgres/index.ts";
import { sqliteStore } from "../sdk/src/store/sqlite/index.ts";
import { startPostgres } from "../sdk/test/servers/postgres.ts";
import { barePostgres, bareSqlite } from "./store/bare.ts";
import { deploymentOf, recipientsOfJob, settleAll } from "./store/rollout.ts";
import { compare, figure, median, missing, type Round } from "./table/row.ts";

/** A store and its peer, opened anew for each round. */
interface Pair {
  readonly name: string;
  readonly open: (round: number) => Promise<ServerStore>;
  /** Changes so many rows. @returns milliseconds */
  readonly bare: (round: number, rows: number) => Promise<number>;
}

const { values } = parseArgs({
  options: {
    recipients: { type: "string", default: "200000" },
    rounds: { type: "string", default: "3" },
  },
});
const count = Number(values.recipients);
const [singly, atOnce] = [500, Math.min(50_000, count - 500)];
const folder = mkdtempSync(join(tmpdir(), "outrider-bench-store-"));
try {
  await measure({
    name: "SQLite",
    open: async (round) => sqliteStore({ path: join(folder, `store-${round}.sqlite`) }),
    bare: async (round, rows) => bareSqlite(join(folder, `bare-${round}.sqlite`), rows),
  });
  const postgres = await startPostgres({ durable: true });
  if (postgres === undefined) missing("store: PostgreSQL not installed");
  else
    try {
      await measure({
        name: "PostgreSQL",
        open: async () => postgresStore({ connectionString: await postgres.database() }),
        bare: async (_, rows) => barePostgres(await postgres.database(), rows),
      });
    } finally {
      await postgres[Symbol.asyncDispose]();
    }
} finally {
  rmSync(folder, { recursive: true });
}

async function measure({ name, open, bare }: Pair): Promise<void> {
  const settled: Round[] = [];
  const planned: number[] = [];
  const answered: Record<"singly" | "atOnce", number[]> = { singly: [], atOnce: [] };
  for (let round = 0; round < Number(values.rounds); round++) {
    const store = await open(round);
    const { deployment, jobs } = deploymentOf(count);
    planned.push(await rate(count, () => store.deployments.plan({ deployment, jobs })));
    const ours = await rate(count, () => settleAll(store, deployment));
    const take = async (agent: number): Promise<unknown> =>
      store.deployments.take(receiptOf(deployment.id, agent));
    answered.singly.push(
      await rate(singly, async () => {
        for (let agent = 0; agent < singly; agent++) await take(agent);
      }),
    );
    answered.atOnce.push(
      await rate(atOnce, () =>
        Promise.all(Array.from({ length: atOnce }, (_, agent) => take(agent + singly))),
      ),
    );
    await store.close();
    settled.push({ ours, theirs: count / ((await bare(round, count)) / 1000) });
  }
  const of = `${count.toLocaleString("en")} recipients`;
  compare(
    {
      what: `${of} settled in ${name}, ${recipientsOfJob} a job`,
      unit: "a second",
      peer: `bare ${name}, as many rows and transactions`,
    },
    settled,
  );
  const shown = (rates: readonly number[]): string =>
    `${Math.round(median(rates)).toLocaleString("en")} a second`;
  figure(`${of} planned in ${name}`, shown(planned));
  figure(`receipts taken by ${name}, one after the other`, shown(answered.singly));
  figure(
    `receipts taken by ${name}, ${atOnce.toLocaleString("en")} at once`,
    shown(answered.atOnce),
  );
}

/** A second. */
async function rate(items: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  await work();
  return (items * 1000) / (performance.now() - started);
}

function receiptOf(deployment: string, agent: number): ReceiptFacts {
  return {
    agent: `agent-${agent}`,
    counter: 1,
    deployment,
    state: "installed",
    detail: "",
    text: "{}",
    now: new Date(),
  };
}
