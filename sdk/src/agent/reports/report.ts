/** The last step: a receipt is queued durably and the deployment is answered; sending is the outbox's business. */
import type { Receipt } from "../../schema/index.ts";
import type { JournalRecord } from "../memory/journal.ts";
import type { Workplace } from "../workplace.ts";

/** How a deployment can end. */
export type FinalOutcome = Receipt["outcome"] & ("installed" | "rolledBack" | "failed" | "refused");

/** Codes that say: not here, not now; the release itself is not at fault. */
const refusals: ReadonlySet<string> = new Set([
  "RECALLED",
  "HALTED",
  "REQUIREMENT",
  "DOWNGRADE",
  "EXPIRED",
  "ROLLBACK",
  "QUARANTINED",
]);

/** Reports a deployment. May be repeated: one receipt per notification. */
export async function report(record: JournalRecord, place: Workplace): Promise<void> {
  const { failure, obtained, before, variant } = record;
  const outcome = outcomeOf(record);
  const now = place.clock.now();
  await place.outbox.queue(
    {
      deployment: record.deployment,
      notification: record.notification,
      package: record.package,
      outcome,
      ...(failure === undefined ? {} : { code: failure.code, step: failure.step }),
      transport: record.transport,
      ...(obtained === undefined
        ? {}
        : { obtainer: obtained.obtainer, bytes: obtained.transferred }),
      durationMs: Math.max(0, now.getTime() - Date.parse(record.authenticatedAt)),
      ...(before === undefined ? {} : { before }),
      ...(variant === undefined ? {} : { variant }),
      trace: [...record.trace],
    },
    now,
  );
  await place.state.answer(record.deployment);
  const { name, version } = record.package;
  const why = failure === undefined ? {} : { code: failure.code, message: failure.message };
  place.events.emit({ type: "finished", name, version, outcome, ...why });
}

function outcomeOf({ failure, undo }: JournalRecord): FinalOutcome {
  if (failure === undefined) return "installed";
  if (undo !== undefined) return "rolledBack";
  return refusals.has(failure.code) ? "refused" : "failed";
}
