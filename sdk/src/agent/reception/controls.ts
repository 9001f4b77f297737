/**
 * Controls: what people who may push have ordered of a deployment since. They act on work that waits, and on
 * notifications that come later: `pause` keeps it waiting, `resume` lets it go on, `halt` and `recall` drop it for
 * good. Once the machine is being switched it is too late for all of them.
 *
 * The latest by its own date counts, in whatever order they come; a recall also takes the release itself away (trust).
 */
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import type { SealedDocument } from "../../messages/index.ts";
import type { Control, Trigger } from "../../schema/index.ts";
import type { TrustSet, Verified } from "../../trust/index.ts";
import { readAccepted } from "../admission/accepted.ts";
import { needsAuthentic } from "../machine.ts";
import { Journal, listDeployments } from "../memory/journal.ts";
import type { StandingControl } from "../memory/state.ts";
import type { Workplace } from "../workplace.ts";
import type { Reception } from "./verdict.ts";

const maxReasonLength = 200;

/** Verifies a control and notes it. What waits is looked at again by the caller. */
export async function receiveControl(
  sealed: SealedDocument<"control/1">,
  place: Workplace,
): Promise<Reception> {
  const verified = await verifyForUs(sealed, place.clock.now(), place);
  if (verified === undefined)
    return { verdict: "handled", detail: "This control was dealt with before." };
  const { trust, control } = verified;
  const { deployment, action, reason, issuedAt } = control.document;
  if (action !== "approve") {
    const next = { deployment, action, issuedAt, reason: reason.slice(0, maxReasonLength) };
    const standing = place.state.memory.controls.find((other) => other.deployment === deployment);
    await place.state.control(laterControl(standing, next));
  }
  trust.remember(control);
  await place.trust.remember(trust);
  return { verdict: "handled", detail: `The control "${action}" is noted.` };
}

/** The control that stands after one more: the latest by its date; what was dropped stays dropped. */
function laterControl(
  standing: StandingControl | undefined,
  next: StandingControl,
): StandingControl {
  if (standing === undefined) return next;
  const isFinal = standing.action === "halt" || standing.action === "recall";
  return isFinal || Date.parse(standing.issuedAt) > Date.parse(next.issuedAt) ? standing : next;
}

/**
 * By those who may push to the deployment that waits here; if none does, to any group of this machine. A recall strikes
 * only the release that its deployment installs, and it takes those who may push whatever would install it here.
 *
 * @returns `undefined` where it took effect before
 * @throws MANIFEST_MISMATCH, and those of TrustSet.verifyControl
 */
async function verifyForUs(
  sealed: SealedDocument<"control/1">,
  now: Date,
  place: Workplace,
): Promise<{ trust: TrustSet; control: Verified<"control/1"> } | undefined> {
  const waiting = await waitingTriggers(place);
  const { groups, id } = place.agent;
  const others = [...groups.map((group) => ({ groups: [group] })), { agents: [id] }];
  let refusal: unknown = new OutriderError(
    "KEY_ROLE",
    "The control is not signed by who may push to its deployment.",
  );
  for (const [trigger, audience] of [
    ...waiting.map((trigger) => [trigger, trigger.audience] as const),
    ...others.map((audience) => [undefined, audience] as const),
  ]) {
    const trust = place.trust.at(now);
    const control = attempt(() => trust.verifyControl(sealed, audience));
    if (isOutriderError(control)) {
      if (control.code === "REPLAYED") return undefined;
      refusal = control;
    } else if (trigger === targetOf(control.document, waiting)) return { trust, control };
  }
  throw refusal;
}

/** @returns the refusal, if it is one */
function attempt<T>(verify: () => T): T | OutriderError {
  try {
    return verify();
  } catch (error) {
    if (isOutriderError(error)) return error;
    throw error;
  }
}

/**
 * What waits here and would be struck; `undefined` if nothing does.
 *
 * @throws MANIFEST_MISMATCH
 */
function targetOf(
  { deployment, action, manifest }: Control,
  waiting: readonly Trigger[],
): Trigger | undefined {
  const steered = waiting.find(({ id }) => id === deployment);
  if (action !== "recall") return steered;
  if (steered !== undefined && steered.package.manifest !== manifest)
    throw new OutriderError(
      "MANIFEST_MISMATCH",
      `Deployment ${deployment} installs ${steered.package.manifest}, and the recall is for ${manifest}.`,
      { subject: "control/1", pointer: "/manifest" },
    );
  return steered ?? waiting.find((trigger) => trigger.package.manifest === manifest);
}

/** The orders of what waits here, read anew as they were accepted. */
async function waitingTriggers(place: Workplace): Promise<Trigger[]> {
  const { fileSystem, deploymentsDirectory } = place;
  const triggers: Trigger[] = [];
  for (const manifest of await listDeployments(fileSystem, deploymentsDirectory)) {
    const journal = new Journal(fileSystem, deploymentsDirectory, manifest);
    const record = await journal.read();
    if (record === undefined || !needsAuthentic.has(record.state)) continue;
    try {
      const accepted = new Date(record.authenticatedAt);
      const { trigger } = await readAccepted(journal, record, place, accepted);
      triggers.push(trigger.document);
    } catch {
      // Not authentic any more: it will be dropped, whatever was ordered of it.
    }
  }
  return triggers;
}
