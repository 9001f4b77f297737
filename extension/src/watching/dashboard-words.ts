/** Every word that stands on a dashboard, in the person's language. */
import type { Words } from "../dashboard/messages.ts";
import { t } from "../editor/l10n.ts";
import { agentWord, stateWord } from "./items.ts";

const states = ["waiting", "running", "paused", "finished", "halted"] as const;
const agentStates = [
  "planned",
  "sent",
  "received",
  "installed",
  "rolledBack",
  "failed",
  "refused",
  "noAnswer",
] as const;

/** The words, by their keys. */
export function dashboardWords(): Words {
  return {
    ...Object.fromEntries(states.map((state) => [`state.${state}`, stateWord(state)])),
    ...Object.fromEntries(agentStates.map((state) => [`agent.${state}`, agentWord(state)])),
    agent: t("Agent"),
    approve: t("Approve"),
    at: t("Time"),
    bytes: t("Bytes"),
    code: t("Code"),
    count: t("Agents"),
    duration: t("Took"),
    events: t("What happened"),
    exportCsv: t("Export as CSV"),
    exportHtml: t("Export as HTML"),
    failures: t("What went wrong"),
    fault: t("It cannot be shown:"),
    funnel: t("How far each transport got"),
    halt: t("Halt"),
    installedOf: t("{0} of {1} installed"),
    lost: t("lost"),
    noEvents: t("Nothing yet."),
    noFailures: t("Nothing went wrong so far."),
    noReceipts: t("No machine has answered yet."),
    obtainer: t("Obtained by"),
    offline: t("The server does not answer; this is the last that was seen."),
    pause: t("Pause"),
    progress: t("Progress"),
    reason: t("Reason"),
    recall: t("Recall"),
    receipts: t("Latest receipts"),
    result: t("Result"),
    resume: t("Resume"),
    state: t("State"),
    step: t("Step"),
    transport: t("Transport"),
    wave: t("Wave"),
    "wave.finished": t("finished"),
    "wave.running": t("running"),
    "wave.waiting": t("waits"),
    waves: t("Waves"),
  };
}
