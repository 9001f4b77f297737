/**
 * The work of each state, in the order of Fig. 4. Every function may be called again after a kill anywhere inside an
 * earlier call; what the earlier run held in its hands is made again from the journal.
 */
import { OutriderError } from "../errors/index.ts";
import { thisMachine } from "../package/index.ts";
import type { Clock, FileSystem, Logger } from "../ports/index.ts";
import type { Manifest, Receipt } from "../schema/index.ts";
import type { Obtainer } from "../transport/index.ts";
import type { AgentIdentity } from "../trust/index.ts";
import { judgeManifest } from "./applicability.ts";
import type { AuthenticNotification } from "./authenticate.ts";
import type { Deployer, Placement } from "./deployer.ts";
import type { Progress } from "./deployment.ts";
import type { EventHub } from "./events.ts";
import { checkHealth } from "./health.ts";
import type { Work } from "./machine.ts";
import { obtain, reopenObtained } from "./obtain.ts";
import type { Outbox } from "./outbox.ts";
import { isInWindow, type AgentPolicy } from "./policy.ts";
import { rollBack } from "./rollback.ts";
import { placementOf, programEnvironment, reopenStaged, runHook, stage } from "./stage.ts";
import type { AgentState } from "./state.ts";
import { chooseStrategy } from "./strategies/index.ts";
import type { TrustKeeper } from "./trust-keeper.ts";
import { verify, type VerifiedPackage } from "./verify.ts";

/** What the steps work with. */
export interface Workplace {
  readonly agent: AgentIdentity;
  readonly facts: Readonly<Record<string, string>>;
  readonly installDirectory: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly obtainers: readonly Obtainer[];
  readonly vendor: Deployer | undefined;
  readonly policy: AgentPolicy;
  readonly state: AgentState;
  readonly trust: TrustKeeper;
  readonly outbox: Outbox;
  readonly events: EventHub;
}

/** The work of one state: what it reached, with the record that the next state's journal entry is made from. */
export type Step = (progress: Progress, place: Workplace, signal: AbortSignal) => Promise<Progress>;

/** By name, as the table of `machine.ts` calls them. */
export const stepOf: Readonly<Record<Exclude<Work, "authenticate">, Step>> = {
  obtain: obtainStep,
  verify: verifyStep,
  stage: stageStep,
  switch: switchStep,
  check: checkStep,
  commit: commitStep,
  rollBack: rollBackStep,
  report: reportStep,
};

/** 86–89. */
async function obtainStep(
  progress: Progress,
  place: Workplace,
  signal: AbortSignal,
): Promise<Progress> {
  const { record, journal } = progress;
  const { name, version } = record.package;
  const installed = place.state.memory.installed[name]?.manifest;
  const obtained = await obtain(authenticOf(progress), {
    obtainers: place.obtainers,
    target: journal.archivePath,
    signal,
    ...(installed === undefined ? {} : { installed }),
    onProgress: (bytes, size) =>
      place.events.emit({ type: "progress", name, version, bytes, size }),
  });
  const { sha256, size, obtainer, transferred, trace } = obtained;
  return {
    ...progress,
    obtained,
    record: {
      ...record,
      obtained: { sha256, size, obtainer, transferred },
      trace: [...record.trace, ...trace],
    },
  };
}

/** Length, digest, manifest, variant, requirements. */
async function verifyStep(
  progress: Progress,
  place: Workplace,
  signal: AbortSignal,
): Promise<Progress> {
  const verified = await verifyPackage(progress, place, signal);
  try {
    const { document } = verified.manifest;
    judgeManifest(document, place.state.memory);
    if (document.install.hooks !== undefined && place.policy.allowHooks !== true)
      throw new OutriderError(
        "HOOK_FAILED",
        `${document.name} has hooks, and this agent's policy does not allow hooks.`,
      );
    chooseStrategy(document.install, place.fileSystem, place.vendor);
    const { variant, trace } = verified;
    const { record } = progress;
    return {
      ...progress,
      verified,
      record: {
        ...record,
        install: document.install,
        ...(variant === undefined ? {} : { variant }),
        trace: [...record.trace, ...trace],
      },
    };
  } catch (error) {
    await verified.archive.close();
    throw error;
  }
}

/** 90. What going back needs is journalled with the state that follows, before anything is switched. */
async function stageStep(
  progress: Progress,
  place: Workplace,
  signal: AbortSignal,
): Promise<Progress> {
  const verified = progress.verified ?? (await verifyPackage(progress, place, signal));
  const held = { ...progress, verified };
  try {
    await askPolicy(verified.manifest.document, place);
    const { placement, deployer } = placed(held, place);
    const staged = await stage(verified, placement, {
      deployer,
      fileSystem: place.fileSystem,
      signal,
    });
    const undo = await deployer.plan(placement);
    return { ...held, staged, record: { ...held.record, undo } };
  } catch (error) {
    if (progress.verified === undefined) await verified.archive.close();
    throw error;
  }
}

/** 91. */
async function switchStep(
  progress: Progress,
  place: Workplace,
  signal: AbortSignal,
): Promise<Progress> {
  const { placement, deployer } = placed(progress, place);
  const staged = progress.staged ?? reopenStaged(placement);
  await deployer.activate(staged.placement, { signal, undo: progress.record.undo ?? "" });
  return { ...progress, staged };
}

/** The new version proves itself. */
async function checkStep(
  progress: Progress,
  place: Workplace,
  signal: AbortSignal,
): Promise<Progress> {
  const { placement, deployer } = placed(progress, place);
  let { record } = progress;
  await runHook("afterInstall", placement, deployer, signal);
  await checkHealth(placement.install.healthCheck, {
    directory: deployer.directoryOf(placement),
    environment: programEnvironment(placement),
    attemptsBefore: record.healthAttempts,
    countAttempt: async () => {
      record = await progress.journal.write({
        ...record,
        healthAttempts: record.healthAttempts + 1,
      });
    },
    signal,
  });
  return { ...progress, record };
}

/** The new version is the version. */
async function commitStep(progress: Progress, place: Workplace): Promise<Progress> {
  const { record } = progress;
  const { name, version, manifest } = record.package;
  const { placement, deployer } = placed(progress, place);
  const { variant } = record;
  await place.state.install(name, {
    version,
    manifest,
    ...(variant === undefined ? {} : { variant }),
  });
  await deployer.finish(placement, record.undo ?? "");
  return progress;
}

/** Back to what ran before. */
async function rollBackStep(progress: Progress, place: Workplace): Promise<Progress> {
  const { record, journal } = progress;
  const { fileSystem, state } = place;
  // Before the manifest was verified nothing was put anywhere.
  const there = record.install === undefined ? undefined : placed(progress, place);
  await rollBack(record, { fileSystem, state, placed: there, archivePath: journal.archivePath });
  return progress;
}

/** The receipt is queued durably; sending it is the outbox's business. */
async function reportStep(progress: Progress, place: Workplace): Promise<Progress> {
  const { failure, obtained, before, variant, ...record } = progress.record;
  const outcome = outcomeOf(progress.record);
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
  return progress;
}

/** Codes that say: not here, not now; the release itself is not at fault. */
const refusals: ReadonlySet<string> = new Set([
  "RECALLED",
  "REQUIREMENT",
  "DOWNGRADE",
  "EXPIRED",
  "ROLLBACK",
  "QUARANTINED",
]);

function outcomeOf({
  failure,
  undo,
}: Progress["record"]): Receipt["outcome"] & ("installed" | "rolledBack" | "failed" | "refused") {
  if (failure === undefined) return "installed";
  if (undo !== undefined) return "rolledBack";
  return refusals.has(failure.code) ? "refused" : "failed";
}

async function askPolicy(manifest: Manifest, place: Workplace): Promise<void> {
  const { name, version, kind, description } = manifest;
  const put = (why: string): OutriderError =>
    new OutriderError("DEFERRED", `${name} ${version} waits: ${why}.`, { subject: name });
  const { windows, ask } = place.policy;
  if (!isInWindow(windows, place.clock.now())) throw put("no maintenance window is open");
  const installed = place.state.memory.installed[name]?.version;
  const answer = await ask?.({
    name,
    version,
    kind,
    ...(installed === undefined ? {} : { installed }),
    ...(description === undefined ? {} : { description }),
  });
  if (answer === "later") throw put("the product's policy says later");
}

async function verifyPackage(
  progress: Progress,
  place: Workplace,
  signal: AbortSignal,
): Promise<VerifiedPackage> {
  const { record, journal } = progress;
  if (record.obtained === undefined)
    throw new OutriderError(
      "DEPLOY_FAILED",
      "The journal knows no archive where there must be one.",
    );
  const obtained =
    progress.obtained ??
    reopenObtained(authenticOf(progress), record.obtained, journal.archivePath);
  const installed = place.state.memory.installed[record.package.name]?.version;
  const { fileSystem, facts } = place;
  // The moment at which the notification was accepted: a clock that jumps meanwhile changes nothing.
  const trust = place.trust.at(new Date(record.authenticatedAt));
  return verify(obtained, {
    fileSystem,
    trust,
    facts: { ...thisMachine(), installed, facts },
    signal,
  });
}

function authenticOf({ authentic }: Progress): AuthenticNotification {
  if (authentic === undefined)
    throw new OutriderError("DEPLOY_FAILED", "The notification is gone where it is still needed.");
  return authentic;
}

function placed(
  { record, verified }: Progress,
  place: Workplace,
): { placement: Placement; deployer: Deployer } {
  const install = record.install ?? verified?.manifest.document.install;
  if (install === undefined)
    throw new OutriderError(
      "DEPLOY_FAILED",
      "The journal knows no way to install where there must be one.",
    );
  return {
    placement: placementOf(record.package, install, place.installDirectory),
    deployer: chooseStrategy(install, place.fileSystem, place.vendor),
  };
}
