/**
 * Controls: what people who may push have ordered of a deployment since. They act on work that waits, and on
 * notifications that come later: `pause` keeps it waiting, `resume` lets it go on, `halt` and `recall` drop it for
 * good. Once the machine is being switched it is too late for all of them.
 *
 * The latest by its own date counts, in whatever order they come; a recall also takes the release itself away (trust).
 */
import { isOutriderError, OutriderError } from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import type { Audience } from "../schema/index.ts";
import type { TrustSet, Verified } from "../trust/index.ts";
import { readAccepted } from "./accepted.ts";
import { Journal, listDeployments } from "./journal.ts";
import { needsAuthentic } from "./machine.ts";
import type { AgentMemory, StandingControl } from "./state.ts";
import type { Reception } from "./verdict.ts";
import type { Workplace } from "./workplace.ts";

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

/** @throws HALTED where its deployment was dropped, DEFERRED where it is paused */
export function judgeControls(deployment: string, { controls }: AgentMemory): void {
  const standing = controls.find((control) => control.deployment === deployment);
  if (standing === undefined || standing.action === "resume") return;
  if (standing.action === "pause")
    throw new OutriderError("DEFERRED", `The deployment is paused: ${standing.reason}`, {
      subject: deployment,
    });
  throw new OutriderError("HALTED", `The deployment was stopped: ${standing.reason}`, {
    subject: deployment,
  });
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
 * By those who may push to its deployment; of one that does not wait here, to any group of this machine.
 *
 * @returns `undefined` where it took effect before
 */
async function verifyForUs(
  sealed: SealedDocument<"control/1">,
  now: Date,
  place: Workplace,
): Promise<{ trust: TrustSet; control: Verified<"control/1"> } | undefined> {
  const waiting = await waitingAudiences(place);
  const { groups, id } = place.agent;
  const others = [...groups.map((group) => ({ groups: [group] })), { agents: [id] }];
  let refusal = new OutriderError(
    "KEY_ROLE",
    "The control is not signed by who may push to its deployment.",
  );
  for (const [deployment, audience] of [
    ...waiting,
    ...others.map((audience) => [undefined, audience] as const),
  ])
    try {
      const trust = place.trust.at(now); // its own: what a mistaken reading recalls is not remembered
      const control = trust.verifyControl(sealed, audience);
      const meant = control.document.deployment;
      if (deployment === meant || (deployment === undefined && !waiting.has(meant)))
        return { trust, control };
    } catch (error) {
      if (!isOutriderError(error)) throw error;
      if (error.code === "REPLAYED") return undefined;
      refusal = error;
    }
  throw refusal;
}

/** Deployment → whom it was to reach, of what waits here: read anew as it was accepted. */
async function waitingAudiences(place: Workplace): Promise<Map<string, Audience>> {
  const { fileSystem, deploymentsDirectory } = place;
  const audiences = new Map<string, Audience>();
  for (const manifest of await listDeployments(fileSystem, deploymentsDirectory)) {
    const journal = new Journal(fileSystem, deploymentsDirectory, manifest);
    const record = await journal.read();
    if (record === undefined || !needsAuthentic.has(record.state)) continue;
    try {
      const accepted = new Date(record.authenticatedAt);
      const { trigger } = await readAccepted(journal, record, place, accepted);
      audiences.set(record.deployment, trigger.document.audience);
    } catch {
      // Not authentic any more: it will be dropped, whatever was ordered of it.
    }
  }
  return audiences;
}
