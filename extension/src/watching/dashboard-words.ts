/** Every word that stands on a dashboard, in the person's language. */
import type { DeploymentWords } from "@outrider/sdk/client";
import type { Words } from "../dashboard/messages.ts";
import { t } from "../editor/l10n.ts";

/** The words, by their keys. */
export function dashboardWords(standing: DeploymentWords): Words {
  const { agent, deployment, event, message, verdict, wave } = standing;
  return {
    ...below("state", deployment),
    ...below("agent", agent),
    ...below("event", event),
    ...below("message", message),
    ...below("verdict", verdict),
    ...below("wave", wave),
    agent: t("Agent"),
    allWaves: t("Show all waves"),
    approve: t("Approve"),
    at: t("Time"),
    audit: t("Audit log"),
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
    hadIt: t("had it already"),
    halt: t("Halt"),
    installedOf: t("{0} of {1} installed"),
    lost: t("lost"),
    message: t("Message"),
    noEvents: t("Nothing yet."),
    noFailures: t("Nothing went wrong so far."),
    noReceipts: t("No machine has answered yet."),
    obtainer: t("Obtained by"),
    offline: t("The server does not answer; this is the last that was seen."),
    onlyOf: t("Only of wave:"),
    onlyWave: t("Show only this wave"),
    notBefore: t("Nothing is sent before {0}."),
    pause: t("Pause"),
    progress: t("Progress"),
    reason: t("Reason"),
    recall: t("Recall"),
    receipts: t("Latest receipts"),
    result: t("Result"),
    resume: t("Resume"),
    retry: t("Push Again…"),
    showAgents: t("Show whom it met, and push again"),
    signers: t("Signed by"),
    state: t("State"),
    step: t("Step"),
    transport: t("Transport"),
    via: t("Came by"),
    wave: t("Wave"),
    waitsUntil: t("waits until {0}"),
    waves: t("Waves"),
  };
}

function below(key: string, words: Words): Words {
  return Object.fromEntries(Object.entries(words).map(([name, word]) => [`${key}.${name}`, word]));
}
