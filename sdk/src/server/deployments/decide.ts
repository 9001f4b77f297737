/**
 * What a deployment needs next, from where it stands and what time it is. Pure: told everything, touches nothing.
 *
 * A wave goes on when enough of it is installed and the soak time is over; it pauses the deployment when too much of it
 * went wrong. Silence past the deadline is counted as the plan says: a brick does not report
 * (eclipse-hawkbit/hawkbit#693). Failures that somebody has accepted by resuming (`forgiven`) count on neither side.
 */
import { maySend } from "../../calendar/index.ts";
import {
  sayReason,
  type DeploymentEvent,
  type DeploymentProgress,
  type PlannedWave,
  type WaveProgress,
} from "../../ledger/index.ts";

/** An event without what the caller adds. */
export type NextEvent = Pick<DeploymentEvent, "kind" | "wave" | "reason" | "before">;

/**
 * After a start answers lie on shares and in mailboxes, and agents try to bring theirs: so long they are waited for.
 */
const catchUpMs = 600_000;

/**
 * The events that are due, in order; empty if there is nothing to do but wait.
 *
 * @param listeningSince nobody could answer before: what a server that was away calls silence may be its own.
 */
export function decide(
  progress: DeploymentProgress,
  now: Date,
  listeningSince: Date = new Date(0),
): NextEvent[] {
  const { deployment, state, waves } = progress;
  if (state === "finished" || state === "halted") return [];
  if (now.getTime() >= Date.parse(deployment.expiresAt))
    return [{ kind: "expired", reason: sayReason("expired", deployment.expiresAt) }];
  const silent = silences(progress, now, listeningSince);
  if (state !== "running") return silent;
  for (const [index, wave] of waves.entries()) {
    const planned = deployment.waves[index];
    if (planned === undefined || wave.state === "waiting") continue;
    const fault = faultOf(planned, wave);
    if (fault !== undefined) return [...silent, { kind: "paused", wave: index, reason: fault }];
  }
  return [...silent, ...advance(progress, now)];
}

function advance({ deployment, waves }: DeploymentProgress, now: Date): NextEvent[] {
  const index = waves.findIndex((wave) => wave.state !== "finished");
  const wave = waves[index];
  const planned = deployment.waves[index];
  if (wave === undefined || planned === undefined)
    return [{ kind: "finished", reason: sayReason("done") }];
  const name = planned.name;
  if (wave.state === "waiting")
    return maySend(deployment, now)
      ? [{ kind: "waveStarted", wave: index, reason: sayReason("waveStarts", name) }]
      : [];
  if (wave.reachedAt === undefined)
    return hasSucceeded(planned, wave)
      ? [
          {
            kind: "waveReached",
            wave: index,
            reason: sayReason("waveReached", wave.counts.installed, planned.size, name),
          },
        ]
      : [];
  const isLast = index === waves.length - 1;
  // The last wave ends when everybody has answered; the others as soon as their soak time is over.
  const isOver = isLast
    ? open(wave) === 0
    : now.getTime() >= Date.parse(wave.reachedAt) + planned.soakSeconds * 1000;
  return isOver ? [{ kind: "waveFinished", wave: index, reason: sayReason("waveDone", name) }] : [];
}

/** Also while paused: what is silent now was silent whoever looks. */
function silences(
  { deployment, waves }: DeploymentProgress,
  now: Date,
  listeningSince: Date,
): NextEvent[] {
  return waves.flatMap((wave, index) => {
    const planned = deployment.waves[index];
    if (planned === undefined || wave.counts.sent + wave.counts.received === 0) return [];
    const deadlineMs = planned.deadlineSeconds * 1000;
    if (now.getTime() < listeningSince.getTime() + Math.min(deadlineMs, catchUpMs)) return [];
    const before = new Date(now.getTime() - deadlineMs);
    if (wave.startedAt === undefined || before.getTime() <= Date.parse(wave.startedAt)) return [];
    return [
      {
        kind: "silence",
        wave: index,
        before: before.toISOString(),
        reason: sayReason("silent", planned.deadlineSeconds),
      } as const,
    ];
  });
}

/** Failures per wave, as its plan counts them: what whoever resumes accepts. */
export function failuresOf({ deployment, waves }: DeploymentProgress): number[] {
  return waves.map((wave, index) => {
    const planned = deployment.waves[index];
    return planned === undefined ? 0 : wrongIn(planned, wave);
  });
}

function wrongIn(planned: PlannedWave, wave: WaveProgress): number {
  const { counts } = wave;
  return (
    counts.rolledBack +
    counts.failed +
    counts.refused +
    (planned.noAnswer === "failed" ? counts.noAnswer : 0)
  );
}

function faultOf(planned: PlannedWave, wave: WaveProgress): string | undefined {
  const { counts } = wave;
  const wrong = wrongIn(planned, wave) - wave.forgiven;
  if (wrong > 0 && percent(wrong, planned.size) > planned.errorThreshold)
    return sayReason(
      "tooManyFailed",
      planned.name,
      counts.rolledBack + counts.failed + counts.refused,
      counts.noAnswer,
      planned.size,
      planned.errorThreshold,
    );
  if (
    wave.state === "running" &&
    wave.reachedAt === undefined &&
    open(wave) === 0 &&
    !hasSucceeded(planned, wave)
  )
    return sayReason(
      "tooFewInstalled",
      planned.name,
      wave.counts.installed,
      planned.size,
      planned.successThreshold,
    );
  return undefined;
}

function hasSucceeded(planned: PlannedWave, wave: WaveProgress): boolean {
  const ignored = planned.noAnswer === "ignored" ? wave.counts.noAnswer : 0;
  const asked = Math.max(0, planned.size - ignored - wave.forgiven);
  return percent(wave.counts.installed, asked) >= planned.successThreshold;
}

/** Agents of the wave that may still answer. */
function open(wave: WaveProgress): number {
  return wave.counts.planned + wave.counts.sent + wave.counts.received;
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 100 : (part / whole) * 100;
}
