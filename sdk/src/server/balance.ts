/**
 * Fig. 3, step 66: who gets what, together with whom, in which order. Pure: the same trigger, audience and transports
 * give the same plan, so `outrider plan` and the editor show what the server will do.
 *
 * Like notifications go together: one mail body for a whole batch with several RCPT on one connection, one file per
 * share however many agents read it.
 */
import { OutriderError } from "../errors/index.ts";
import type { AuthenticTrigger } from "./authenticate.ts";
import { cutWaves, type CutWave } from "./deployments/waves.ts";
import type { DeploymentRecord, PlannedJob } from "./store.ts";
import type { TransportProfile } from "./transports.ts";
import type { ReachableAgent, ValidTrigger } from "./validate.ts";

declare const step: unique symbol;

/** A deployment ready to be entered into the store. */
export interface Plan {
  readonly [step]: "planned";
  readonly deployment: DeploymentRecord;
  readonly jobs: readonly PlannedJob[];
}

/** What balancing needs. */
export interface BalanceParts {
  readonly transports: readonly TransportProfile[];
  /** Can a package be had otherwise than with the message: from a share, or by HTTP? */
  hasSources(): boolean;
}

const defaultAttachmentBytes = 18 * 1024 * 1024;

/** @throws PLAN_INVALID */
export function balanceTrigger(valid: ValidTrigger, parts: BalanceParts): Plan {
  const { trigger } = valid;
  const rollout = trigger.rollout ?? {};
  const waves = cutWaves(trigger.id, valid.audience, rollout);
  const jobs = waves.flatMap((wave, index) => planWave(wave, index, valid, parts.transports));
  requireSource(jobs, parts.hasSources(), valid);
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
    waves: waves.map(({ members: _members, ...wave }) => wave),
    windows: rollout.windows ?? [],
  };
  return { deployment, jobs } as unknown as Plan;
}

function planWave(
  wave: CutWave<ReachableAgent>,
  index: number,
  valid: Pick<AuthenticTrigger, "trigger" | "package">,
  transports: readonly TransportProfile[],
): PlannedJob[] {
  const jobs: PlannedJob[] = [];
  for (const transport of transports) {
    const recipients = wave.members.filter((member) => member.transport === transport.name);
    const attach = travelsInside(valid, transport);
    const size = transport.carriage === "message" ? (transport.recipientsPerJob ?? 500) : Infinity;
    for (const batch of batches(recipients, size))
      jobs.push({
        wave: index,
        transport: transport.name,
        attach,
        delayMs: 0,
        recipients: batch.map(({ agent, address }) => ({ agent, address })),
      });
  }
  return jobs;
}

/** attach means: if it fits; where it does not, it is offered. Step 86 asks the same from the agent's side. */
function travelsInside(
  valid: Pick<AuthenticTrigger, "trigger" | "package">,
  transport: TransportProfile,
): boolean {
  const size = valid.package.archives[0]?.size ?? Infinity;
  return (
    transport.carriage === "message" &&
    valid.trigger.delivery !== "offer" &&
    size <= (transport.maxAttachmentBytes ?? defaultAttachmentBytes)
  );
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

function* batches<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  if (size === Infinity) {
    if (items.length > 0) yield items;
    return;
  }
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
