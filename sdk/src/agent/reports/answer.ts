/** Answers that need no deployment, or come before its end. */
import type { OutriderError } from "../../errors/index.ts";
import type { AuthenticNotification } from "../admission/authenticate.ts";
import type { Failure, Journal, JournalRecord } from "../memory/journal.ts";
import type { Reception } from "../reception/verdict.ts";
import type { Workplace } from "../workplace.ts";

/** What needs no work is answered at once, with its receipt. @returns `undefined` where work is needed */
export async function answerAtOnce(
  { notification, trigger, raw }: AuthenticNotification,
  judgement: "known" | "installed" | "work" | OutriderError,
  place: Workplace,
): Promise<Reception | undefined> {
  if (judgement === "work") return undefined;
  const { name, version, manifest } = trigger.document.package;
  const what = `${name} ${version}`;
  if (judgement === "known")
    return { verdict: "handled", detail: `${what}: this deployment was dealt with before.` };
  const refusal = judgement === "installed" ? undefined : judgement;
  const before = place.state.memory.installed[name]?.version;
  await place.outbox.queue(
    {
      deployment: notification.deployment,
      notification: notification.id,
      package: { name, version, manifest },
      outcome: refusal === undefined ? "installed" : "refused",
      ...(refusal === undefined ? {} : { code: refusal.code, step: refusal.step }),
      transport: raw.transport,
      ...(before === undefined ? {} : { before }),
    },
    place.clock.now(),
  );
  await place.state.answer(notification.deployment);
  if (refusal === undefined) return { verdict: "handled", detail: `${what} is installed already.` };
  const { code, message } = refusal;
  place.events.emit({ type: "finished", name, version, outcome: "refused", code, message });
  return { verdict: "refused", code, detail: message };
}

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
