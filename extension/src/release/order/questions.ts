/**
 * To whom, by what, when, in which waves: asked one after the other, with a way back. What the push file says is chosen
 * beforehand, so that Enter five times orders what was reviewed; the same options stand on the command line.
 */
import type { PushOrder } from "@outrider/sdk/release";
import { askAll } from "../../editor/steps.ts";
import type { OrderDraft, OrderQuestion } from "./draft.ts";
import { askAudience, askTransports } from "./reach.ts";
import { askRest } from "./rest.ts";
import { askTimes } from "./times.ts";
import { askWaves } from "./waves.ts";

const questions: readonly OrderQuestion[] = [
  askAudience,
  askTransports,
  askTimes,
  askWaves,
  askRest,
];

/** Asks. @returns `undefined` where the person leaves */
export async function askOrder(
  title: string,
  { reviewed, agents }: Pick<OrderDraft, "reviewed" | "agents">,
): Promise<PushOrder | undefined> {
  const start = { reviewed, agents, options: {}, order: reviewed ?? { audience: {} } };
  return (await askAll<OrderDraft>(title, questions, start))?.order;
}
