/**
 * The work of each state, in the order of Fig. 4. Every function may be called again after a kill anywhere inside an
 * earlier call; what the earlier run held in its hands is made again from the journal.
 */
import { judgeControls } from "../admission/applicability.ts";
import { passGate } from "../admission/gate.ts";
import { obtain } from "../archive/obtain.ts";
import { expectedBytes, requireRoom } from "../archive/room.ts";
import { findBase, forgetManifests, judgeBase } from "../install/base.ts";
import { checkHealth } from "../install/health.ts";
import { checkHooksAllowed, programEnvironment, runHook } from "../install/hooks.ts";
import { rollBack } from "../install/rollback.ts";
import { reopenStaged, stage } from "../install/stage.ts";
import { chooseStrategy } from "../install/strategies/index.ts";
import { wayBackOf } from "../install/way-back.ts";
import type { Work } from "../machine.ts";
import { requestParts } from "../reports/interim.ts";
import { report } from "../reports/report.ts";
import type { Workplace } from "../workplace.ts";
import { authenticOf, factsFor, placed, releaseOf, verifiedOf, type Progress } from "./progress.ts";

/** What the work of a state reached; its record is what the next journal entry is made from. */
export type Reached = Progress & { readonly again?: boolean };

/** The work of one state. */
export type Step = (progress: Progress, place: Workplace, signal: AbortSignal) => Promise<Reached>;

/** By name, as the table of `machine.ts` calls them. */
export const stepOf: Readonly<Record<Exclude<Work, "authenticate">, Step>> = {
  /** 86–89. */
  obtain: async (progress, place, signal) => {
    const { record, journal } = progress;
    judgeControls(record.deployment, place.state.memory);
    const { name, version } = record.package;
    const { bytesPerSecond, keepFreeBytes } = place.policy;
    const authentic = authenticOf(progress);
    await requireRoom(
      {
        what: `${name} ${version}`,
        bytes: expectedBytes(authentic.manifest?.document, factsFor(name, place)),
        folder: place.installDirectory,
      },
      { fileSystem: place.fileSystem, keepFreeBytes },
    );
    const base = await judgeBase(authentic, record, place);
    const obtained = await obtain(authentic, {
      obtainers: place.obtainers,
      probes: place.probes,
      fileSystem: place.fileSystem,
      targetOf: (sha256) => journal.archivePath(sha256),
      keepFreeBytes,
      bytesPerSecond,
      signal,
      ...(base.installed === undefined ? {} : { installed: base.installed }),
      ...(place.policy.sources === undefined ? {} : { policy: place.policy.sources }),
      requestParts: (parts) => requestParts(record, parts, place),
      onProgress: (bytes, size) =>
        place.events.emit({ type: "progress", name, version, bytes, size }),
    });
    const { archive, obtainer, transferred } = obtained;
    const trace = [...record.trace, ...base.trace, ...obtained.trace];
    return {
      ...progress,
      obtained,
      record: { ...record, obtained: { ...archive, obtainer, transferred }, trace },
    };
  },

  /** Length, digest, manifest, variant. */
  verify: async (progress, place, signal) => {
    const verified = await verifiedOf(progress, place, signal);
    try {
      const { files: _files, variants: _variants, ...release } = verified.manifest.document;
      checkHooksAllowed(release, place.policy);
      chooseStrategy(release.install, place);
      const { record } = progress;
      const variant = verified.variant === undefined ? {} : { variant: verified.variant };
      const trace = [...record.trace, ...verified.trace];
      return { ...progress, verified, record: { ...record, release, ...variant, trace } };
    } catch (error) {
      await verified.archive.close();
      throw error;
    }
  },

  /** 90. What going back needs is journalled with the state that follows, before anything is switched. */
  stage: async (progress, place, signal) => {
    if (progress.passedGate !== true) await passGate(releaseOf(progress), place);
    const { placement, deployer } = placed(progress, place);
    const verified = progress.verified ?? (await verifiedOf(progress, place, signal));
    try {
      const { fileSystem, programs, policy } = place;
      const { keepFreeBytes } = policy;
      const isPatch = verified.archive.head.index.base !== undefined;
      const base = isPatch ? await findBase(placement.name, place) : undefined;
      const by = { deployer, base, fileSystem, programs, keepFreeBytes, signal };
      const staged = await stage(verified, placement, by);
      const undo = staged.undo === undefined ? {} : { undo: staged.undo };
      return { ...progress, verified, staged, record: { ...progress.record, ...undo } };
    } catch (error) {
      if (progress.verified === undefined) await verified.archive.close();
      throw error;
    }
  },

  /** 91. */
  switch: async (progress, place, signal) => {
    const { record } = progress;
    const { placement, deployer } = placed(progress, place);
    const staged = progress.staged ?? reopenStaged(placement, record.undo);
    const result = await deployer.activate(staged.placement, { signal, undo: staged.undo });
    if (result === "done") return { ...progress, staged };
    const { name, version } = placement;
    place.events.emit({ type: "restartNeeded", name, version });
    return {
      ...progress,
      staged,
      record: { ...record, trace: [...record.trace, "a restart is needed"] },
    };
  },

  /** The new version proves itself. */
  check: async (progress, place, signal) => {
    const { record } = progress;
    const { placement, deployer } = placed(progress, place);
    const { programs } = place;
    const directory = deployer.directoryOf(placement);
    if (record.afterInstallDone !== true)
      await runHook("afterInstall", placement, { programs, directory, signal });
    const environment = programEnvironment(placement);
    const { healthCheck } = placement.install;
    const health = await checkHealth(healthCheck, record.attempts, programs, {
      directory,
      environment,
      signal,
    });
    const done = { ...progress, record: { ...record, afterInstallDone: true } };
    return health === "again" ? { ...done, again: true } : done;
  },

  /** The new version is the version. */
  commit: async (progress, place) => {
    const { record } = progress;
    const { name, version, manifest } = record.package;
    const { placement, deployer } = placed(progress, place);
    const variant = record.variant === undefined ? {} : { variant: record.variant };
    const back = wayBackOf(record, deployer, place.state.memory.installed[name]);
    await place.state.install(name, {
      version,
      manifest,
      ...variant,
      ...(back === undefined ? {} : { back }),
    });
    await deployer.finish(placement, record.undo);
    await forgetManifests(place.fileSystem, placement, [manifest, back?.to.manifest]);
    await place.fileSystem.remove(placement.stagingDirectory);
    return progress;
  },

  /** Back to what ran before. */
  rollBack: async (progress, place) => {
    const { record, journal } = progress;
    const { fileSystem, state } = place;
    const there = record.release === undefined ? undefined : placed(progress, place);
    await rollBack(record, { fileSystem, state, placed: there, journal });
    return progress;
  },

  report: async (progress, place) => {
    await report(progress.record, place);
    return progress;
  },
};
