/** What is seldom otherwise than usual: shown as it is, changed where somebody wants it, then on. */
import type { PushOptions } from "@outrider/sdk/release";
import { t } from "../../editor/l10n.ts";
import { back, choose, write, type Answered, type Place } from "../../editor/steps.ts";
import { withAnswers, type OrderDraft, type OrderQuestion } from "./draft.ts";
import { validityWords } from "./words.ts";

/** Asks until nothing else is to be changed. */
export const askRest: OrderQuestion = async (given, place) => {
  for (let draft = given; ;) {
    const { delivery = "auto", validMs, allowDowngrade = [] } = draft.order;
    const items = [
      {
        label: `$(check) ${t("Nothing else")}`,
        description: t("show the preview"),
        ask: undefined,
      },
      {
        label: `$(package) ${t("Archive")}`,
        description: deliveryWords(delivery),
        ask: askDelivery,
      },
      {
        label: `$(history) ${t("Good for")}`,
        description: validityWords(validMs),
        ask: askValidity,
      },
      {
        label: `$(versions) ${t("Newer versions that it replaces")}`,
        description: allowDowngrade.length === 0 ? t("none") : allowDowngrade.join(", "),
        ask: askDowngrades,
      },
    ];
    const chosen = await choose({ ...place, placeholder: t("Anything else?"), items });
    if (chosen === undefined || chosen === back) return chosen;
    const ask = chosen[0]?.ask;
    if (ask === undefined) return draft;
    const answered = await ask(draft, place);
    if (answered === undefined) return undefined;
    if (answered !== back) draft = await withAnswers(draft, answered);
  }
};

type Part = (draft: OrderDraft, place: Place) => Promise<Answered<PushOptions>>;

const askDelivery: Part = async ({ order }, place) => {
  const items = (["auto", "attach", "offer"] as const).map((delivery) => ({
    label: deliveryWords(delivery),
    delivery,
  }));
  const active = items.find(({ delivery }) => delivery === (order.delivery ?? "auto"));
  const placeholder = t("Does the archive travel along?");
  const chosen = await choose({ ...place, placeholder, items, active });
  if (chosen === undefined || chosen === back) return chosen;
  return { delivery: chosen[0]?.delivery ?? "auto" };
};

function deliveryWords(delivery: NonNullable<PushOptions["delivery"]>): string {
  const words = {
    auto: t("the planner decides"),
    attach: t("travels with the message"),
    offer: t("machines obtain it"),
  };
  return words[delivery];
}

const day = 86_400;

const askValidity: Part = async ({ order }, place) => {
  const items = [3600, day, 7 * day, 30 * day].map((valid) => ({
    label: validityWords(valid * 1000),
    valid,
  }));
  const active = items.find(({ valid }) => valid * 1000 === (order.validMs ?? 7 * day * 1000));
  const placeholder = t("How long is it good, from when it may be sent?");
  const chosen = await choose({ ...place, placeholder, items, active });
  if (chosen === undefined || chosen === back) return chosen;
  return { valid: chosen[0]?.valid ?? 7 * day };
};

const askDowngrades: Part = async ({ order }, place) => {
  const read = (text: string): string[] => text.split(/[\s,]+/).filter((word) => word !== "");
  const text = await write({
    ...place,
    prompt: t("Installed versions that this older release may replace, separated by blanks"),
    value: (order.allowDowngrade ?? []).join(" "),
    faultOf: (value) => {
      const odd = read(value).find((word) => !/^\d+\.\d+\.\d+[0-9A-Za-z.+-]*$/.test(word));
      return odd === undefined ? undefined : t("{0} is no version.", odd);
    },
  });
  return text === undefined || text === back ? text : { allowDowngrade: read(text) };
};
