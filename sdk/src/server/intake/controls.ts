/**
 * Controls: the signed orders of people to a deployment that runs. Signed by who may push to its audience; approval
 * takes somebody who did not sign the trigger; each id takes effect once.
 */
import { OutriderError } from "../../errors/index.ts";
import {
  eventRules,
  type DeploymentEvent,
  type DeploymentProgress,
  type DeploymentStore,
  type ValueStore,
} from "../../ledger/index.ts";
import { openEnvelope, recognize } from "../../messages/index.ts";
import type { Clock } from "../../ports/index.ts";
import type { Control } from "../../schema/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import { failuresOf } from "../deployments/decide.ts";
import { showSteering, type SteeringParts } from "../deployments/steering.ts";
import { judge, type JudgeParts } from "../judge.ts";
import type { Verdict } from "../news/events.ts";
import type { Catalog } from "../publishing/catalog.ts";
import { keepControl } from "../publishing/kept-control.ts";
import type { RawTrigger } from "../raw.ts";

/** What controlling needs. */
export interface ControlParts extends JudgeParts, SteeringParts {
  readonly trust: TrustSet;
  readonly deployments: Pick<DeploymentStore, "progress" | "events" | "event">;
  readonly catalog: SteeringParts["catalog"] & Pick<Catalog, "recall">;
  readonly values: Pick<ValueStore, "get" | "keep">;
  readonly clock: Clock;
  /** Transports that bring messages: who was written to is told by them. All others read it in the catalog. */
  readonly messengers: readonly string[];
}

const kinds = {
  approve: "approved",
  pause: "paused",
  resume: "resumed",
  halt: "halted",
  recall: "recalled",
} as const satisfies Record<Control["action"], DeploymentEvent["kind"]>;

/** Judges and carries out one control. */
export async function takeControl(raw: RawTrigger, parts: ControlParts): Promise<Verdict> {
  return judge("control", raw, parts, async () => {
    const message = recognize(raw.bytes, "control/1");
    if (message === undefined) return undefined;
    const sealed = openEnvelope(message, "the control");
    // Unverified, and used only to know whose consent it takes.
    const id = /"deployment"\s*:\s*"([0-9a-f-]{36})"/.exec(sealed.text)?.[1] ?? "";
    const progress = await parts.deployments.progress(id);
    if (progress === undefined) throw unknown(id);
    const now = parts.clock.now();
    const verified = parts.trust.at(now).verifyControl(sealed, progress.deployment.audience);
    const control = verified.document;
    if (control.deployment !== id) throw unknown(control.deployment);
    const signers = [...new Set(verified.signers.map((key) => key.primary))];
    requireFit(control, progress, signers);
    const events = await parts.deployments.events(id);
    requireUse(control, progress, events);
    const tellBy = concernsAgents(control, events) ? parts.messengers : [];
    const takeEffect = async (): Promise<void> => {
      // Kept before it takes effect: the jobs that tell of it will ask for it, and so will the catalog.
      await keepControl(control.id, raw.bytes, parts.values);
      await carryOut(control, { progress, now, tellBy }, parts);
    };
    return { id: control.id, deployment: id, signers, takeEffect };
  });
}

function requireUse(
  control: Control,
  progress: DeploymentProgress,
  events: readonly DeploymentEvent[],
): void {
  const wasUsed = events.some((event) => event.control === control.id);
  // The store has the last word; this spares the log two lines for one order.
  if (wasUsed || !eventRules[kinds[control.action]].fits.includes(progress.state))
    throw useless(control, progress);
}

function requireFit(
  control: Control,
  { deployment }: DeploymentProgress,
  signers: readonly string[],
): void {
  if (
    control.action === "approve" &&
    !signers.some((signer) => !deployment.signers.includes(signer))
  )
    throw new OutriderError(
      "THRESHOLD_NOT_MET",
      `Deployment ${deployment.id} must be approved by somebody who did not sign its trigger.`,
      { subject: control.id },
    );
  if (control.action === "recall" && control.manifest !== deployment.manifest)
    throw new OutriderError(
      "DEPLOYMENT_STATE",
      `Deployment ${deployment.id} installs ${deployment.manifest}, and the recall is for ${control.manifest}.`,
      {
        subject: control.id,
        pointer: "/manifest",
      },
    );
}

interface Setting {
  readonly progress: DeploymentProgress;
  readonly now: Date;
  readonly tellBy: readonly string[];
}

async function carryOut(
  control: Control,
  { progress, now, tellBy }: Setting,
  parts: ControlParts,
): Promise<void> {
  const event: DeploymentEvent = {
    deployment: control.deployment,
    at: now.toISOString(),
    kind: kinds[control.action],
    reason: control.reason,
    control: control.id,
    ...(control.action === "resume" ? { forgiven: failuresOf(progress) } : {}),
    ...(tellBy.length === 0 ? {} : { tellBy }),
  };
  // Before the event, which makes the control known: a crash in between leaves it to be sent again.
  if (control.action === "recall") await parts.catalog.recall(progress.deployment.manifest);
  if (!(await parts.deployments.event(event))) throw useless(control, progress);
  await showSteering(parts);
  parts.tell({ event: "deployment", ...event });
}

/**
 * Do agents need to know? Not of an approval, for nobody has been told of the deployment yet; nor of the end of a pause
 * that the deployment made by itself, for that only held back what was not sent.
 */
function concernsAgents({ action }: Control, events: readonly DeploymentEvent[]): boolean {
  if (action !== "resume") return action !== "approve";
  return events.findLast(({ kind }) => kind === "paused")?.control !== undefined;
}

function useless(control: Control, { state }: DeploymentProgress): OutriderError {
  return new OutriderError(
    "DEPLOYMENT_STATE",
    `Deployment ${control.deployment} is ${state}: it cannot ${control.action}, or this control was used before.`,
    { subject: control.id },
  );
}

function unknown(id: string): OutriderError {
  return new OutriderError(
    "DEPLOYMENT_UNKNOWN",
    `There is no deployment ${JSON.stringify(id)} here. A release is taken back without one by its root keys: outrider trust recall.`,
    { subject: id },
  );
}
