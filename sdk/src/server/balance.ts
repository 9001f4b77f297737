/**
 * Fig. 3, step 66: who gets what, together with whom, in which order. Pure: the same trigger, audience and transports
 * give the same plan, so `outrider plan` and the editor show what the server will do.
 *
 * Like notifications go together: one mail body for a whole batch with several RCPT on one connection, one file per
 * share however many agents read it.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import { OutriderError } from "../errors/index.ts";
import type { DeploymentPlan, DeploymentRecord, PlannedJob } from "../ledger/index.ts";
import type { AuthenticTrigger } from "./authenticate.ts";
import type { TransportProfile } from "./carriage/transports.ts";
import { draftInSlices } from "./drafting/draft.ts";
import type { ValidTrigger } from "./validate.ts";

declare const step: unique symbol;

/** A deployment ready to be entered into the store. */
export interface Plan extends DeploymentPlan {
  readonly [step]: "planned";
}

/** What balancing needs. */
export interface BalanceParts {
  readonly transports: readonly TransportProfile[];
  /** Can a package be had otherwise than with the message: from a share, or by HTTP? */
  hasSources(): boolean;
}

/** The event loop turns meanwhile: a plan for a million recipients holds up nobody's request. @throws PLAN_INVALID */
export async function balanceTrigger(valid: ValidTrigger, parts: BalanceParts): Promise<Plan> {
  const { trigger } = valid;
  const rollout = trigger.rollout ?? {};
  const work = draftInSlices({
    deployment: trigger.id,
    roster: valid.audience,
    rollout,
    delivery: trigger.delivery,
    archiveBytes: valid.package.archives[0]?.size ?? 0,
    transports: parts.transports,
  });
  let slice = work.next();
  for (; slice.done !== true; slice = work.next()) await nextTurn();
  const draft = slice.value;
  requireSource(draft.jobs, parts.hasSources(), valid);
  const deployment: DeploymentRecord = {
    id: trigger.id,
    trigger: new TextDecoder().decode(valid.bytes),
    packageName: trigger.package.name,
    version: trigger.package.version,
    manifest: trigger.package.manifest,
    audience: trigger.audience,
    reason: trigger.event.detail ?? trigger.event.kind,
    acceptedAt: valid.receivedAt.toISOString(),
    expiresAt: trigger.expiresAt,
    approval: rollout.approval ?? false,
    signers: valid.signers,
    waves: draft.waves,
    windows: rollout.windows ?? [],
    ...(rollout.notBefore === undefined ? {} : { notBefore: rollout.notBefore }),
    ...(rollout.transports === undefined ? {} : { transports: rollout.transports }),
  };
  return { deployment, jobs: draft.jobs } as unknown as Plan;
}

function requireSource(
  jobs: readonly PlannedJob[],
  hasSources: boolean,
  { trigger, package: hosted }: Pick<AuthenticTrigger, "trigger" | "package">,
): void {
  const offered = jobs.find((job) => !job.attach);
  if (offered === undefined || hasSources) return;
  throw new OutriderError(
    "PLAN_INVALID",
    `${trigger.package.name} ${trigger.package.version} (${hosted.archives[0]?.size} bytes) does not travel by ${offered.transport}, and this server has neither a share nor a public URL to offer it from.`,
    { subject: trigger.id, pointer: "/delivery" },
  );
}
