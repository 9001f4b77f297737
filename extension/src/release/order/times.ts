/** When it is sent: as the push file says, at once, at a time, or inside a window. */
import { t } from "../../editor/l10n.ts";
import { back, write, type Answered, type Place } from "../../editor/steps.ts";
import {
  chooseOne,
  isRead,
  withAnswers,
  type Choice,
  type OrderDraft,
  type OrderQuestion,
} from "./draft.ts";
import { localTime, parseLocalTime, timesWords } from "./words.ts";

/** Asks for it. */
export const askTimes: OrderQuestion = async (draft, place) => {
  const { reviewed, options } = draft;
  const planned = reviewed?.rollout ?? {};
  const isPlanned = planned.notBefore !== undefined || (planned.windows ?? []).length > 0;
  const { at: _at, now: _now, window: _window, ...rest } = options;
  const before = { ...draft, options: rest };
  const asPlanned: Choice = {
    label: `$(file) ${t("As the push file says")}`,
    description: timesWords(planned),
    answer: () => withAnswers(before, {}),
  };
  const now: Choice = {
    label: `$(rocket) ${t("Now")}`,
    answer: () => withAnswers(before, isPlanned ? { now: true } : {}),
  };
  const later: Choice = {
    label: `$(clock) ${t("At a time…")}`,
    description: options.at === undefined ? "" : localTime(options.at),
    answer: () => askTime(before, place, options.at),
  };
  const inside: Choice = {
    label: `$(calendar) ${t("Inside a window…")}`,
    description: options.window === undefined ? "" : timesWords({ windows: [...options.window] }),
    answer: () => askWindow(before, place),
  };
  const active =
    options.at !== undefined
      ? later
      : options.window !== undefined
        ? inside
        : options.now === true
          ? now
          : undefined;
  const items = [...(isPlanned ? [asPlanned] : []), now, later, inside];
  return chooseOne({ ...place, placeholder: t("When?"), items, active });
};

async function askTime(
  draft: OrderDraft,
  place: Place,
  chosen: Date | undefined,
): Promise<Answered<OrderDraft>> {
  const text = await write({
    ...place,
    prompt: t("Nothing is sent before. This machine's clock, such as {0}", "2026-12-24 21:00"),
    value: localTime(chosen ?? tonight()),
    faultOf: (value) => {
      const time = parseLocalTime(value);
      if (time === undefined) return t("Write it such as {0}", "2026-12-24 21:00");
      return time.getTime() <= Date.now() ? t("That time is over.") : undefined;
    },
  });
  if (text === undefined || text === back) return text;
  const at = parseLocalTime(text);
  return at === undefined ? undefined : withAnswers(draft, { at });
}

/** The next 22 o'clock. */
function tonight(): Date {
  const time = new Date();
  if (time.getHours() >= 22) time.setDate(time.getDate() + 1);
  time.setHours(22, 0, 0, 0);
  return time;
}

async function askWindow(draft: OrderDraft, place: Place): Promise<Answered<OrderDraft>> {
  const { parseWindow } = await import("@outrider/sdk/release");
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  const text = await write({
    ...place,
    prompt: t("Sending waits for it. In {0} unless another time zone is written", timeZone),
    value: "mon-fri 22:00-04:00",
    faultOf: (value) =>
      isRead(() => parseWindow(value, timeZone))
        ? undefined
        : t("{0} is no window: write it such as {1}", value, "mon-fri 22:00-04:00 Europe/Berlin"),
  });
  if (text === undefined || text === back) return text;
  return withAnswers(draft, { window: [parseWindow(text, timeZone)] });
}
