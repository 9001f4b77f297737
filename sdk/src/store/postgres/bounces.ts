/** What carriers report of messages that they had taken: who is meant, and what follows from it for the ledger. */
import {
  afterBounce,
  type Addressee,
  type BounceFacts,
  type LedgerState,
} from "../../ledger/index.ts";
import type { Database, Statements } from "./database.ts";
import { Tallies } from "./ledger.ts";

/** Everybody to whom the job wrote at the address. Domains have no case, and no mail system tells local parts by it. */
export async function readAddressees(
  database: Database,
  job: number,
  address: string,
): Promise<Addressee[]> {
  const rows = await database.all(
    `SELECT ledger.agent, ledger.state, jobs.transport, deployments.id FROM outrider.ledger
     JOIN outrider.jobs ON jobs.id = ledger.job
     JOIN outrider.deployments ON deployments.number = ledger.deployment
     WHERE ledger.job = $1 AND lower(ledger.address) = lower($2 COLLATE "C") ORDER BY ledger.agent`,
    job,
    address,
  );
  return rows.map((row) => ({
    agent: String(row["agent"]),
    deployment: String(row["id"]),
    transport: String(row["transport"]),
    state: row["state"] as LedgerState,
  }));
}

/** Failed, or planned again by another transport; false unless it was sent and nobody has answered. */
export async function bookBounce(database: Database, bounce: BounceFacts): Promise<boolean> {
  const { job, agent, detail, instead } = bounce;
  return database.transaction("repeatable", async (statements) => {
    const row = await statements.one(
      "SELECT deployment, wave FROM outrider.ledger WHERE job = $1 AND agent = $2 AND state = 'sent' FOR UPDATE",
      job,
      agent,
    );
    if (row === undefined) return false;
    const place = { deployment: Number(row["deployment"]), wave: Number(row["wave"]) };
    const to = afterBounce(bounce);
    await statements.run(
      "UPDATE outrider.ledger SET state = $1, detail = $2, changed_ms = $3 WHERE deployment = $4 AND agent = $5",
      to,
      detail,
      bounce.now.getTime(),
      place.deployment,
      agent,
    );
    if (instead !== undefined) await planInstead(statements, place, bounce, instead);
    const tallies = new Tallies();
    tallies.add(place, "sent", -1);
    tallies.add(place, to, 1);
    await tallies.write(statements);
    return true;
  });
}

async function planInstead(
  statements: Statements,
  { deployment, wave }: { readonly deployment: number; readonly wave: number },
  { agent, now }: BounceFacts,
  { transport, address }: { readonly transport: string; readonly address: string },
): Promise<void> {
  const job = await statements.one(
    `INSERT INTO outrider.jobs (deployment, wave, transport, attach, delay_ms, state, not_before_ms, recipients)
     VALUES ($1, $2, $3, false, 0, 'ready', $4, 1) RETURNING id`,
    deployment,
    wave,
    transport,
    now.getTime(),
  );
  await statements.run(
    "UPDATE outrider.ledger SET job = $1, address = $2 WHERE deployment = $3 AND agent = $4",
    Number(job?.["id"]),
    address,
    deployment,
    agent,
  );
}
