/**
 * A deployment on its way, and what its steps need of what came before: held in the hands of this run, or made again
 * from the journal where an earlier run was killed.
 */
import { OutriderError } from "../../errors/index.ts";
import type { MachineFacts } from "../../package/index.ts";
import type { AuthenticNotification } from "../admission/authenticate.ts";
import { reopenObtained, type ObtainedPackage } from "../archive/obtain.ts";
import { verify, type VerifiedPackage } from "../archive/verify.ts";
import type { Deployer, Placement } from "../install/deployer.ts";
import { placementOf } from "../install/placement.ts";
import type { StagedPackage } from "../install/stage.ts";
import { chooseStrategy } from "../install/strategies/index.ts";
import type { Journal, JournalRecord } from "../memory/journal.ts";
import type { ReleaseFacts } from "../memory/release.ts";
import type { Workplace } from "../workplace.ts";

/** A deployment on its way: the journal's record, and what this run holds in its hands. */
export interface Progress {
  readonly journal: Journal;
  readonly record: JournalRecord;
  /** Absent only where it is not needed any more: from `switched` on, and on the way back. */
  readonly authentic?: AuthenticNotification;
  readonly obtained?: ObtainedPackage;
  readonly verified?: VerifiedPackage;
  readonly staged?: StagedPackage;
  /** The gate was asked in this run. */
  readonly passedGate?: boolean;
}

/** What variants are chosen by. */
export function factsFor(name: string, { machine, state }: Workplace): MachineFacts {
  return { ...machine, installed: state.memory.installed[name]?.version };
}

/** What was authenticated. @throws DEPLOY_FAILED */
export function authenticOf({ authentic }: Progress): AuthenticNotification {
  if (authentic === undefined) throw missing("notification");
  return authentic;
}

/** What was verified of the manifest. @throws DEPLOY_FAILED */
export function releaseOf({ record }: Progress): ReleaseFacts {
  if (record.release === undefined) throw missing("release");
  return record.release;
}

/** Where the release goes, and what puts it there. @throws DEPLOY_FAILED */
export function placed(
  progress: Progress,
  place: Workplace,
): { placement: Placement; deployer: Deployer } {
  const { install } = releaseOf(progress);
  return {
    placement: placementOf(progress.record.package, install, place.installDirectory),
    deployer: chooseStrategy(install, place),
  };
}

/** The open archive, verified anew; whoever asks closes it. @throws those of `verify` */
export async function verifiedOf(
  progress: Progress,
  place: Workplace,
  signal: AbortSignal,
): Promise<VerifiedPackage> {
  const { record, journal } = progress;
  if (record.obtained === undefined) throw missing("archive");
  const authentic = authenticOf(progress);
  const obtained =
    progress.obtained ??
    reopenObtained(authentic, record.obtained, journal.archivePath(record.obtained.sha256));
  const { fileSystem } = place;
  // The moment at which the notification was accepted: a clock that jumps meanwhile changes nothing.
  const trust = place.trust.at(new Date(record.authenticatedAt));
  return verify(obtained, {
    fileSystem,
    trust,
    facts: factsFor(record.package.name, place),
    signal,
  });
}

function missing(what: string): OutriderError {
  return new OutriderError(
    "DEPLOY_FAILED",
    `The journal knows no ${what} where there must be one.`,
  );
}
