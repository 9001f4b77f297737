/** Enters a deployment with its ledger and jobs: one transaction, thousands of rows in a statement. */
import { OutriderError } from "../../errors/index.ts";
import {
  openingOf,
  type DeploymentPlan,
  type DeploymentRecord,
  type PlannedJob,
} from "../../ledger/index.ts";
import { isTaken } from "./connection.ts";
import type { Database, Statements } from "./database.ts";
import { Tallies } from "./ledger.ts";

/** Recipients in one statement. */
const rowsTogether = 2000;
/** From so many on the database counts its tables anew: by what it knew before, claims would read all of them. */
const analyzeFrom = 10_000;

/** @throws REPLAYED */
export async function planDeployment(
  database: Database,
  { deployment, jobs }: DeploymentPlan,
): Promise<void> {
  let rows = 0;
  await database.transaction("once", async (statements) => {
    const number = await enterDeployment(statements, deployment);
    const tallies = new Tallies();
    rows = 0;
    for (const some of together(jobs)) {
      rows += await enterJobs(statements, number, some, Date.parse(deployment.acceptedAt));
      for (const { wave, recipients } of some)
        tallies.add({ deployment: number, wave }, "planned", recipients.length);
    }
    await tallies.write(statements);
  });
  // Entered it is already: whatever this says.
  if (rows >= analyzeFrom)
    await database.run("ANALYZE outrider.ledger, outrider.jobs").catch(() => undefined);
}

async function enterDeployment(
  statements: Statements,
  deployment: DeploymentRecord,
): Promise<number> {
  const { id, waves } = deployment;
  const { state, reason } = openingOf(deployment);
  try {
    const row = await statements.one(
      `INSERT INTO outrider.deployments (id, record, state, reason) VALUES ($1, $2, $3, $4) RETURNING number`,
      id,
      JSON.stringify(deployment),
      state,
      reason,
    );
    const number = Number(row?.["number"]);
    await statements.run(
      "INSERT INTO outrider.waves (deployment, wave, state) SELECT $1, wave, 'waiting' FROM generate_series(0, $2 - 1) AS wave",
      number,
      waves.length,
    );
    return number;
  } catch (error) {
    if (!isTaken(error, "deployments_id_key")) throw error;
    throw new OutriderError(
      "REPLAYED",
      `Trigger ${id} was accepted before; it takes effect once.`,
      {
        subject: id,
        cause: error,
      },
    );
  }
}

/** Jobs that together have about so many recipients. Each is asked for them once: they may be made when they are. */
function* together(jobs: readonly PlannedJob[]): Iterable<PlannedJob[]> {
  let some: PlannedJob[] = [];
  let rows = 0;
  for (const { wave, transport, attach, delayMs, recipients } of jobs) {
    some.push({ wave, transport, attach, delayMs, recipients });
    rows += recipients.length;
    if (rows < rowsTogether) continue;
    yield some;
    some = [];
    rows = 0;
  }
  if (some.length > 0) yield some;
}

/** Returns how many rows the ledger got. */
async function enterJobs(
  statements: Statements,
  deployment: number,
  jobs: readonly PlannedJob[],
  acceptedMs: number,
): Promise<number> {
  const numbers = await statements.all(
    "SELECT nextval(pg_get_serial_sequence('outrider.jobs', 'id')) AS id FROM generate_series(1, $1)",
    jobs.length,
  );
  const ids = numbers.map(({ id }) => Number(id));
  await statements.run(
    `INSERT INTO outrider.jobs (id, deployment, wave, transport, attach, delay_ms, state, recipients)
     SELECT id, $1, wave, transport, attach, delay_ms, 'held', recipients
     FROM unnest($2::bigint[], $3::integer[], $4::text[], $5::boolean[], $6::bigint[], $7::integer[])
       AS j (id, wave, transport, attach, delay_ms, recipients)`,
    deployment,
    ids,
    jobs.map(({ wave }) => wave),
    jobs.map(({ transport }) => transport),
    jobs.map(({ attach }) => String(attach)),
    jobs.map(({ delayMs }) => delayMs),
    jobs.map(({ recipients }) => recipients.length),
  );
  const everybody = jobs.flatMap(({ recipients }) => recipients);
  const ofEach = <T>(valueOf: (job: PlannedJob, index: number) => T): T[] =>
    jobs.flatMap((job, index) => Array<T>(job.recipients.length).fill(valueOf(job, index)));
  return statements.run(
    `INSERT INTO outrider.ledger (deployment, agent, wave, job, address, state, changed_ms)
     SELECT $1, agent, wave, job, address, 'planned', $2
     FROM unnest($3::text[], $4::integer[], $5::bigint[], $6::text[]) AS r (agent, wave, job, address)`,
    deployment,
    acceptedMs,
    everybody.map(({ agent }) => agent),
    ofEach(({ wave }) => wave),
    ofEach((_, index) => ids[index] ?? 0),
    everybody.map(({ address }) => address),
  );
}
