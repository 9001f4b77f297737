/** How a deployment, its waves and machines stand, in words: the same wherever a person reads of them. */
import {
  readReason,
  type DeploymentEvent,
  type DeploymentState,
  type LedgerState,
  type WaveStanding,
} from "../ledger/index.ts";
import type { AuditLine } from "../server/audit/entry.ts";

/** Says a sentence in a person's language; `{0}` stands for the first value. */
export type Say = (sentence: string, ...values: readonly (string | number)[]) => string;

/** A word for each state, step, message and verdict. */
export interface DeploymentWords {
  readonly deployment: Readonly<Record<DeploymentState | "recalled", string>>;
  readonly wave: Readonly<Record<WaveStanding, string>>;
  readonly agent: Readonly<Record<LedgerState, string>>;
  /** `{0}` stands for the wave's name. */
  readonly event: Readonly<Record<DeploymentEvent["kind"], string>>;
  readonly message: Readonly<Record<AuditLine["kind"], string>>;
  readonly verdict: Readonly<Record<AuditLine["verdict"], string>>;
}

/** Says it in English. */
export const inEnglish: Say = (sentence, ...values) =>
  sentence.replaceAll(/\{(\d)\}/g, (whole, at: string) => String(values[Number(at)] ?? whole));

/** The words. */
export function deploymentWords(t: Say): DeploymentWords {
  return {
    deployment: {
      waiting: t("waiting for approval"),
      running: t("running"),
      paused: t("paused"),
      finished: t("finished"),
      halted: t("halted"),
      recalled: t("recalled"),
    },
    wave: {
      waiting: t("waits"),
      running: t("running"),
      paused: t("paused"),
      finished: t("finished"),
      halted: t("halted"),
      recalled: t("recalled"),
      cancelled: t("cancelled"),
    },
    agent: {
      planned: t("planned"),
      sent: t("sent"),
      received: t("received"),
      installed: t("installed"),
      rolledBack: t("rolled back"),
      failed: t("failed"),
      refused: t("refused"),
      noAnswer: t("no answer"),
    },
    event: {
      approved: t("approved"),
      expired: t("its time was over"),
      finished: t("finished"),
      halted: t("halted"),
      paused: t("paused"),
      recalled: t("recalled"),
      resumed: t("resumed"),
      silence: t("no answer in wave {0}"),
      waveFinished: t("wave {0} finished"),
      waveReached: t("wave {0} has succeeded and is watched"),
      waveStarted: t("wave {0} begins"),
    },
    message: {
      control: t("control"),
      receipt: t("receipt"),
      trigger: t("trigger"),
      trust: t("trust document"),
    },
    verdict: { accepted: t("accepted"), ignored: t("ignored"), refused: t("refused") },
  };
}

/** What the server says of its own accord, in a person's language; a person's words as they are. */
export function reasonWords(reason: string, t: Say): string {
  const own = readReason(reason);
  return own === undefined ? reason : t(own.sentence, ...own.values);
}
