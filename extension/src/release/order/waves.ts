/** In which waves: as the push file says, all at once, one machine first, or shares and groups that are typed. */
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
import { wavesWords } from "./words.ts";

/** Asks for them. */
export const askWaves: OrderQuestion = async (draft, place) => {
  const { reviewed, options } = draft;
  const planned = reviewed?.rollout ?? {};
  const isPlanned = (planned.waves ?? []).length > 0 || planned.firstOfOne === true;
  const { wave: _wave, firstOfOne: _first, ...rest } = options;
  const before = { ...draft, options: rest };
  const asPlanned: Choice = {
    label: `$(file) ${t("As the push file says")}`,
    description: wavesWords(planned),
    answer: () => withAnswers(before, {}),
  };
  const atOnce: Choice = {
    label: `$(broadcast) ${t("All at once")}`,
    answer: () => withAnswers(before, isPlanned ? { wave: [{ share: 100 }] } : {}),
  };
  const oneFirst: Choice = {
    label: `$(vm) ${t("One machine first")}`,
    description: t("then all others"),
    answer: () => withAnswers(before, { wave: [{ share: 100 }], firstOfOne: true }),
  };
  const typed: Choice = {
    label: `$(layers) ${t("Shares and groups…")}`,
    description: options.firstOfOne === true ? "" : (options.wave ?? []).map(shown).join(", "),
    answer: () => askTyped(before, place),
  };
  const active =
    options.firstOfOne === true
      ? oneFirst
      : options.wave === undefined
        ? undefined
        : options.wave.length === 1
          ? atOnce
          : typed;
  const items = [...(isPlanned ? [asPlanned] : []), atOnce, oneFirst, typed];
  return chooseOne({ ...place, placeholder: t("In which waves?"), items, active });
};

function shown({ share, group }: { readonly share?: number; readonly group?: string }): string {
  return share === undefined ? (group ?? "") : `${share} %`;
}

async function askTyped(draft: OrderDraft, place: Place): Promise<Answered<OrderDraft>> {
  const { parseWave } = await import("@outrider/sdk/release");
  const read = (text: string) =>
    text
      .split(/[\s,]+/)
      .filter((word) => word !== "")
      .map(parseWave);
  const text = await write({
    ...place,
    prompt: t("Cumulative shares and names of groups, in order, such as {0}", "canary 10% 100%"),
    value: "10% 100%",
    faultOf: (value) =>
      value.trim() !== "" && isRead(() => read(value))
        ? undefined
        : t("Write it such as {0}", "canary 10% 100%"),
  });
  if (text === undefined || text === back) return text;
  return withAnswers(draft, { wave: read(text) });
}
