/** Receipts before the end of a deployment: it lacks something, or it waits. */
import type { Failure, Journal, JournalRecord } from "../memory/journal.ts";
import type { Workplace } from "../workplace.ts";

/** Parts of the archive do not come by mail: the server is asked to send them again. */
export async function requestParts(
  { deployment, notification, package: wanted, transport, before }: JournalRecord,
  parts: readonly number[],
  place: Workplace,
): Promise<void> {
  await place.outbox.queue(
    {
      deployment,
      notification,
      package: wanted,
      outcome: "requested",
      code: "PARTS_MISSING",
      step: "obtain",
      transport,
      ...(before === undefined ? {} : { before }),
      parts: [...parts],
    },
    place.clock.now(),
  );
}

/** A machine that waits says why, once: else nobody knows of fleets that are stuck. */
export async function noteDeferral(
  record: JournalRecord,
  { code, step }: Failure,
  journal: Journal,
  place: Workplace,
): Promise<void> {
  // Parts that are on their way are no news, and those that do not come are requested.
  if (record.deferralNoted === true || code === "PARTS_MISSING") return;
  const { deployment, notification, transport, before } = record;
  try {
    await place.outbox.queue(
      {
        deployment,
        notification,
        package: record.package,
        outcome: "deferred",
        code,
        step,
        transport,
        ...(before === undefined ? {} : { before }),
        trace: [...record.trace],
      },
      place.clock.now(),
    );
    await journal.write({ ...record, deferralNoted: true });
  } catch (error) {
    place.logger.log("warn", `It could not be noted that work waits: ${String(error)}`);
  }
}
