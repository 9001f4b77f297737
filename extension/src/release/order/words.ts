/**
 * A push order in words: to whom, by what, when, in which waves. Said in questions, the preview and the confirmation.
 */
import type { PushChange, PushOrder } from "@outrider/sdk/release";
import type { Rollout } from "@outrider/sdk/schema";
import * as vscode from "vscode";
import { t } from "../../editor/l10n.ts";

/** Groups, and machines by name. */
export function audienceWords({ groups = [], agents = [] }: PushOrder["audience"]): string {
  const shown = 5;
  const names = [...groups, ...agents.slice(0, shown)].join(", ");
  return agents.length > shown ? t("{0} and {1} more", names, agents.length - shown) : names;
}

/** When it is sent. */
export function timesWords({ notBefore, windows = [] }: Rollout): string {
  const from = notBefore === undefined ? undefined : localTime(new Date(notBefore));
  const inside = windows.map(windowWords).join("; ");
  if (from === undefined) return inside === "" ? t("now") : t("inside a window: {0}", inside);
  return inside === ""
    ? t("not before {0}", from)
    : t("not before {0}, inside a window: {1}", from, inside);
}

/** In which steps. */
export function wavesWords({ waves, firstOfOne = false }: Rollout): string {
  const named = (waves ?? []).map(({ name, share, group }) =>
    share === undefined
      ? (group ?? "")
      : name === undefined
        ? `${share} %`
        : `${name} (${share} %)`,
  );
  const steps = named.length === 0 ? t("all at once") : named.join(", ");
  return firstOfOne ? t("one machine first, then {0}", steps) : steps;
}

/** How long the order is good. */
export function validityWords(validMs: number | undefined): string {
  if (validMs === undefined) return t("a week");
  const minutes = Math.round(validMs / 60_000);
  if (minutes < 60) return minutes === 1 ? t("one minute") : t("{0} minutes", minutes);
  const hours = Math.round(minutes / 60);
  if (hours === 1) return t("one hour");
  return hours < 48 ? t("{0} hours", hours) : t("{0} days", Math.round(hours / 24));
}

/** Parts of an order that are otherwise than in its file. */
export function changesWords(changes: readonly PushChange[]): string {
  const words: Readonly<Record<PushChange, string>> = {
    audience: t("to whom"),
    transports: t("by which transports"),
    times: t("when"),
    waves: t("in which waves"),
    delivery: t("whether the archive travels along"),
    validity: t("how long it is good"),
    downgrades: t("which newer versions it replaces"),
  };
  return changes.map((change) => words[change]).join(", ");
}

/** `2026-12-24 21:00`, on this machine's clock: as a person types it, too. */
export function localTime(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join("-");
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** What `localTime` writes; `undefined` for anything else. */
export function parseLocalTime(text: string): Date | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d)$/.exec(text.trim());
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0] = match.slice(1).map(Number);
  const date = new Date(year, month - 1, day, hour, minute);
  return localTime(date) === text.trim() ? date : undefined;
}

function windowWords({
  days,
  from,
  to,
  timeZone = "UTC",
}: NonNullable<Rollout["windows"]>[number]): string {
  const names = (days ?? []).map((day) => dayName(day)).join(", ");
  return [names, `${from}–${to}`, timeZone].filter((part) => part !== "").join(" ");
}

const days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** In the language of the editor: 1970-01-04 was a Sunday. */
function dayName(day: string): string {
  const date = new Date(Date.UTC(1970, 0, 4 + days.indexOf(day)));
  return date.toLocaleDateString(vscode.env.language, { weekday: "short", timeZone: "UTC" });
}
