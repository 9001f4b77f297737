/** The answer to a notification that needs no deployment: dealt with before, installed already, or refused. */
import type { OutriderError } from "../../errors/index.ts";
import type { AuthenticNotification } from "../admission/authenticate.ts";
import type { Workplace } from "../workplace.ts";
import type { Reception } from "./verdict.ts";

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
