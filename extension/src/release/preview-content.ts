/** A push that nobody has ordered yet: what is said of it, in the preview's text and on its page alike. */
import type { PushOrder, PushPreview } from "@outrider/sdk/release";
import { t } from "../editor/l10n.ts";
import { audienceWords, timesWords, wavesWords } from "./order/words.ts";

/** What is said, in this order. */
export interface PreviewContent {
  readonly heading: string;
  readonly facts: readonly string[];
  readonly note: string;
  readonly columns: readonly string[];
  /** One for each wave and transport. */
  readonly rows: readonly (readonly string[])[];
}

/** @param release name and version */
export function previewContent(
  release: string,
  server: string,
  order: PushOrder,
  { agents, rows }: PushPreview,
): PreviewContent {
  const rollout = order.rollout ?? {};
  return {
    heading: pushOf(release, agents),
    facts: [
      t("To: {0}", audienceWords(order.audience)),
      t("When: {0}", timesWords(rollout)),
      t("Waves: {0}", wavesWords(rollout)),
    ],
    note: t(
      "By {0}. Nothing has been sent. Times are the earliest: every wave succeeding at once.",
      server,
    ),
    columns: [
      t("Wave"),
      t("Transport"),
      t("Agents"),
      t("Messages"),
      t("Archive"),
      t("From"),
      t("Until"),
    ],
    rows: rows.map((row) => [
      row.wave,
      row.transport,
      String(row.recipients),
      String(row.messages),
      archiveWords(row),
      seconds(row.fromMs),
      seconds(row.toMs),
    ]),
  };
}

/** What is to be done, for people. */
export function pushOf(release: string, agents: number): string {
  return agents === 1
    ? t("Push {0} to 1 machine", release)
    : t("Push {0} to {1} machines", release, agents);
}

function archiveWords({ attach, parts, transport }: PushPreview["rows"][number]): string {
  if (transport === "unc") return t("on the share");
  if (transport === "stick") return t("on a stick");
  if (parts > 0) return parts === 1 ? t("in one part") : t("in {0} parts", parts);
  return attach ? t("attached") : t("offered");
}

function seconds(ms: number): string {
  return ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`;
}
