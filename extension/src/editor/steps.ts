/** Questions one after the other on the line on top, with a way back: VS Code's multi-step input. */
import * as vscode from "vscode";
import { t } from "./l10n.ts";

/** Leads to the question before. */
export const back: unique symbol = Symbol("back");

/** What a question comes to; `undefined` where the person leaves. */
export type Answered<T> = T | typeof back | undefined;

/** Where among the questions one stands. */
export interface Place {
  readonly title: string;
  /** From 1. */
  readonly step: number;
  readonly totalSteps: number;
}

/** A choice of one or several. */
export interface ChoiceQuestion<Item extends vscode.QuickPickItem> extends Place {
  readonly placeholder: string;
  readonly items: readonly Item[];
  /** Several may be chosen. */
  readonly many?: boolean;
  /** How many at least, of several. Default 0. */
  readonly least?: number;
  /** The one that Enter takes. Default: the first. */
  readonly active?: Item | undefined;
}

/** Lets a person choose. */
export async function choose<Item extends vscode.QuickPickItem>(
  question: ChoiceQuestion<Item>,
): Promise<Answered<readonly Item[]>> {
  const pick = vscode.window.createQuickPick<Item>();
  dress(pick, question);
  pick.placeholder = question.placeholder;
  pick.items = question.items;
  pick.canSelectMany = question.many === true;
  pick.selectedItems = question.many === true ? pick.items.filter(({ picked }) => picked) : [];
  pick.matchOnDescription = true;
  if (question.active !== undefined) pick.activeItems = [question.active];
  const least = question.many === true ? (question.least ?? 0) : 1;
  return ask(pick, () => {
    if (pick.selectedItems.length >= least) return pick.selectedItems;
    pick.placeholder = t("{0} Tick at least one.", question.placeholder);
    return undefined;
  });
}

/** A line of text. */
export interface TextQuestion extends Place {
  readonly prompt: string;
  readonly value: string;
  /** What is wrong with it, for people. */
  readonly faultOf: (text: string) => string | undefined;
}

/** Lets a person write; what is wrong is said while it is written. */
export async function write(question: TextQuestion): Promise<Answered<string>> {
  const box = vscode.window.createInputBox();
  dress(box, question);
  box.prompt = question.prompt;
  box.value = question.value;
  box.onDidChangeValue((text) => (box.validationMessage = question.faultOf(text)));
  return ask(box, () => {
    box.validationMessage = question.faultOf(box.value);
    return box.validationMessage === undefined ? box.value : undefined;
  });
}

/** Asks one thing and adds it to what is known. */
export type Question<Known> = (known: Known, place: Place) => Promise<Answered<Known>>;

/** Asks one after the other; one that is asked again knows its answer. @returns `undefined` where the person leaves */
export async function askAll<Known>(
  title: string,
  questions: readonly Question<Known>[],
  start: Known,
): Promise<Known | undefined> {
  let known = start;
  for (let at = 0; at < questions.length;) {
    const place = { title, step: at + 1, totalSteps: questions.length };
    const answered = await questions[at]?.(known, place);
    if (answered === undefined) return undefined;
    if (answered !== back) known = answered;
    at += answered === back ? -1 : 1;
  }
  return known;
}

function dress(input: vscode.QuickInput, { step, title, totalSteps }: Place): void {
  Object.assign(input, { title, step, totalSteps, ignoreFocusOut: true });
}

type Input<Item extends vscode.QuickPickItem> = vscode.QuickPick<Item> | vscode.InputBox;

/** @param valueOf the answer; `undefined` while it is not one */
function ask<T, Item extends vscode.QuickPickItem>(
  input: Input<Item>,
  valueOf: () => T | undefined,
): Promise<Answered<T>> {
  const { Back } = vscode.QuickInputButtons;
  input.buttons = (input.step ?? 1) > 1 ? [Back] : [];
  return new Promise<Answered<T>>((resolve) => {
    input.onDidTriggerButton((button) => {
      if (button === Back) resolve(back);
    });
    input.onDidAccept(() => {
      const value = valueOf();
      if (value !== undefined) resolve(value);
    });
    input.onDidHide(() => resolve(undefined));
    input.show();
  }).finally(() => input.dispose());
}
