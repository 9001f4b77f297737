/** A push that nobody has ordered yet, as a text to read. */
import type { PushOrder, PushPreview } from "@outrider/sdk/release";
import { t } from "../editor/l10n.ts";
import { audienceWords, timesWords, wavesWords } from "./order/words.ts";

/** Markdown: a line for each wave and transport. */
export function previewText(
  release: string,
  server: string,
  order: PushOrder,
  { agents, rows }: PushPreview,
): string {
  const columns = [
    t("Wave"),
    t("Transport"),
    t("Agents"),
    t("Messages"),
    t("Archive"),
    t("From"),
    t("To"),
  ];
  const lines = rows.map((row) => [
    row.wave,
    row.transport,
    String(row.recipients),
    String(row.messages),
    row.parts > 0 ? t("in {0} parts", row.parts) : row.attach ? t("attached") : t("offered"),
    seconds(row.fromMs),
    seconds(row.toMs),
  ]);
  const rollout = order.rollout ?? {};
  return [
    `# ${pushOf(release, agents)}`,
    "",
    t("- To: {0}", audienceWords(order.audience)),
    t("- When: {0}", timesWords(rollout)),
    t("- Waves: {0}", wavesWords(rollout)),
    "",
    t(
      "By {0}. Nothing has been sent. Times are the earliest: every wave succeeding at once.",
      server,
    ),
    "",
    ...table([columns, columns.map(() => "---"), ...lines]),
    "",
  ].join("\n");
}

/** What is to be done, for people. */
export function pushOf(release: string, agents: number): string {
  return agents === 1
    ? t("Push {0} to 1 machine", release)
    : t("Push {0} to {1} machines", release, agents);
}

/** In columns also where it is read as plain text. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map(
    (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
