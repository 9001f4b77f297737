/** What carriers report of messages that they had taken: who is meant, and what follows from it for the ledger. */
import {
  afterBounce,
  type Addressee,
  type BounceFacts,
  type LedgerState,
} from "../../ledger/index.ts";
import type { Database } from "./database.ts";
import { moveRow } from "./ledger.ts";

/** Everybody to whom the job wrote at the address. Domains have no case, and no mail system tells local parts by it. */
export function readAddressees(database: Database, job: number, address: string): Addressee[] {
  return database
    .all(
      `SELECT ledger.agent, ledger.state, jobs.transport, deployments.id FROM ledger
       JOIN jobs ON jobs.id = ledger.job JOIN deployments ON deployments.number = ledger.deployment
       WHERE ledger.job = ? AND ledger.address = ? COLLATE NOCASE ORDER BY ledger.agent`,
      job,
      address,
    )
    .map((row) => ({
      agent: String(row["agent"]),
      deployment: String(row["id"]),
      transport: String(row["transport"]),
      state: row["state"] as LedgerState,
    }));
}

/** Failed, or planned again by another transport; false unless it was sent and nobody has answered. */
export function bookBounce(database: Database, bounce: BounceFacts): boolean {
  const { job, agent, detail, instead } = bounce;
  const nowMs = bounce.now.getTime();
  return database.transaction(() => {
    const row = database.one(
      "SELECT deployment, wave FROM ledger WHERE job = ? AND agent = ? AND state = 'sent'",
      job,
      agent,
    );
    if (row === undefined) return false;
    const place = { deployment: Number(row["deployment"]), wave: Number(row["wave"]) };
    if (instead !== undefined) {
      const again = database.insert(
        `INSERT INTO jobs (deployment, wave, transport, attach, delay_ms, state, not_before_ms, recipients)
         VALUES (?, ?, ?, 0, 0, 'ready', ?, 1)`,
        place.deployment,
        place.wave,
        instead.transport,
        nowMs,
      );
      database.run(
        "UPDATE ledger SET job = ?, address = ? WHERE deployment = ? AND agent = ?",
        again,
        instead.address,
        place.deployment,
        agent,
      );
    }
    moveRow(database, { ...place, agent, from: "sent" }, afterBounce(bounce), detail, nowMs);
    return true;
  });
}
