/** A push order while it is asked for, and how one choice of several is asked. */
import type { PushOptions, PushOrder } from "@outrider/sdk/release";
import type { RegisteredAgent } from "@outrider/sdk/schema";
import type * as vscode from "vscode";
import {
  back,
  choose,
  type Answered,
  type ChoiceQuestion,
  type Question,
} from "../../editor/steps.ts";

/** What is known while it is asked. */
export interface OrderDraft {
  /** What a push file orders; `undefined` where there is none. */
  readonly reviewed: PushOrder | undefined;
  /** Whom the server knows. */
  readonly agents: readonly RegisteredAgent[];
  /** What was answered so far. */
  readonly options: PushOptions;
  /** Both together. */
  readonly order: PushOrder;
}

/** One question about an order. */
export type OrderQuestion = Question<OrderDraft>;

/** The draft with more answers. @throws CONFIG_INVALID */
export async function withAnswers(draft: OrderDraft, more: PushOptions): Promise<OrderDraft> {
  const { withOptions } = await import("@outrider/sdk/release");
  const options = { ...draft.options, ...more };
  return { ...draft, options, order: withOptions(draft.reviewed, options) };
}

/** What is answered by one choice. */
export interface Choice extends vscode.QuickPickItem {
  /** What it comes to: at once, or by a question of its own. */
  readonly answer: () => Promise<Answered<OrderDraft>>;
}

/** Asks until one is answered: the way back from a question of a choice leads to the choices. */
export async function chooseOne(question: ChoiceQuestion<Choice>): Promise<Answered<OrderDraft>> {
  for (;;) {
    const chosen = await choose(question);
    if (chosen === undefined || chosen === back) return chosen;
    const answered = await chosen[0]?.answer();
    if (answered !== back) return answered;
  }
}

/** Is what somebody types what it should be? */
export function isRead(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
