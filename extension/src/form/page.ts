/** The form: a fieldset a group, a labelled control a member; what is wrong stands below it and is tied to it. */
import { element } from "../dashboard/element.ts";
import { controlOf, type Answer } from "./controls.ts";
import type { Adder, Field, FormWords, FromForm, Group, ToForm } from "./messages.ts";

/** Tells what was ordered, and where the person goes on: pointers, the best first. */
export type Send = (message: FromForm, goOn?: readonly string[]) => void;

/** What every part of the page needs. */
interface Parts {
  readonly words: FormWords;
  readonly version: number;
  readonly send: Send;
}

/** The whole page. */
export function formOf(told: ToForm, send: Send): HTMLElement[] {
  return partsOf(told, send).filter((part) => part !== undefined);
}

function partsOf(told: ToForm, send: Send): (HTMLElement | undefined)[] {
  const { title, words } = told;
  if (told.kind === "unreadable")
    return [
      element("h1", {}, title),
      element("p", { role: "alert" }, words.unreadable),
      listOf(told.faults, "faults"),
      button(words.openText, "text ", () => send({ kind: "openText", pointer: "" })),
    ];
  const parts = { words, version: told.version, send };
  const { adders, faults, fields, groups, notes } = told.content;
  return [
    element("h1", {}, title),
    ...(faults.length === 0 ? [] : [element("p", { role: "alert" }, words.faults)]),
    listOf(faults, "faults"),
    ...fields.map((field) => fieldOf(field, parts)),
    ...groups.map((group) => groupOf(group, parts, 2)),
    addersOf(adders, parts),
    listOf(notes, "hint"),
    button(words.openText, "text ", () => send({ kind: "openText", pointer: "" })),
  ];
}

function groupOf(group: Group, parts: Parts, level: number): HTMLElement {
  const { adders, faults, fields, groups, heading, notes, strange } = group;
  const id = `group${group.pointer.replaceAll("/", "-")}-${heading.replaceAll(/\W+/g, "-")}`;
  return element(
    "section",
    { class: level === 2 ? "group" : "group inner", role: "group", "aria-labelledby": id },
    element(
      "div",
      { class: "head" },
      element(`h${Math.min(level, 6)}`, { id }, heading),
      ...rowButtons(group, parts),
    ),
    strange === undefined ? undefined : strangeOf(strange, group.pointer, parts),
    listOf(faults, "faults"),
    ...fields.map((field) => fieldOf(field, parts)),
    ...groups.map((inner) => groupOf(inner, parts, level + 1)),
    addersOf(adders, parts),
    listOf(notes, "hint"),
  );
}

/** Whoever moves a row goes with it; whoever takes one out goes on at its neighbour. */
function rowButtons({ heading, pointer, row }: Group, parts: Parts): HTMLElement[] {
  if (row === undefined) return [];
  const { version, words, send } = parts;
  const at = pointer.lastIndexOf("/");
  const number = Number(pointer.slice(at + 1));
  const sibling = (by: number): string => `${pointer.slice(0, at)}/${number + by}`;
  const act = (
    kind: "remove" | "rise" | "sink",
    word: string,
    isPossible: boolean,
    goOn: readonly string[],
  ): HTMLElement[] =>
    isPossible
      ? [
          iconButton(word, heading, `${kind} ${pointer}`, () =>
            send({ kind, pointer, version }, goOn),
          ),
        ]
      : [];
  return [
    ...act("rise", words.rise, row.canRise, [`rise ${sibling(-1)}`, `sink ${sibling(-1)}`]),
    ...act("sink", words.sink, row.canSink, [`sink ${sibling(1)}`, `rise ${sibling(1)}`]),
    ...act("remove", words.remove, true, [
      `remove ${pointer}`,
      `remove ${sibling(-1)}`,
      `add ${pointer}`,
      `add ${pointer.slice(0, at)}`,
    ]),
  ];
}

function addersOf(adders: readonly Adder[], { send }: Parts): HTMLElement | undefined {
  if (adders.length === 0) return undefined;
  return element(
    "div",
    { class: "adders" },
    ...adders.map(({ label, next, pointer }) =>
      button(label, `add ${pointer}`, () => send({ kind: "add", pointer }, [`below ${next}`])),
    ),
  );
}

function fieldOf(field: Field, parts: Parts): HTMLElement {
  const { faults, hint, label, pointer, strange } = field;
  const id = `field${pointer.replaceAll(/[^\w]/g, "-")}`;
  const told = element("p", { id: `${id}-faults`, class: "faults" }, faults.join(" "));
  const about = element("p", { id: `${id}-hint`, class: "hint" }, ...withCode(hint));
  if (strange !== undefined)
    return element(
      "div",
      { class: "field", role: "group", "aria-label": label },
      element("p", { class: "label" }, label),
      strangeOf(strange, pointer, parts),
      about,
      told,
    );
  const { words, send } = parts;
  const answer: Answer = {
    tell: (was, value) => send({ kind: "write", pointer, was, value }),
    refuse: (message) => (told.textContent = message),
  };
  const { control, isGroup } = controlOf(field, id, words, answer);
  return isGroup
    ? element(
        "fieldset",
        { class: "field", "aria-describedby": `${id}-hint ${id}-faults` },
        element("legend", {}, label),
        control,
        about,
        told,
      )
    : element(
        "div",
        { class: "field" },
        element("label", { for: id }, label),
        control,
        about,
        told,
      );
}

/** What is only looked at. */
function strangeOf(strange: string, pointer: string, { words, send }: Parts): HTMLElement {
  return element(
    "div",
    { class: "strange" },
    element("p", {}, words.strange),
    element("code", {}, element("bdi", {}, strange)),
    button(words.openText, `text ${pointer}`, () => send({ kind: "openText", pointer })),
  );
}

/** What stands between backticks is shown as code. */
function withCode(text: string): (string | HTMLElement)[] {
  return text.split("`").map((part, at) => (at % 2 === 0 ? part : element("code", {}, part)));
}

function listOf(lines: readonly string[], kind: "faults" | "hint"): HTMLElement | undefined {
  if (lines.length === 0) return undefined;
  return element("ul", { class: kind }, ...lines.map((line) => element("li", {}, line)));
}

function button(text: string, action: string, act: () => void): HTMLElement {
  const made = element("button", { type: "button", "data-action": action }, text);
  made.addEventListener("click", act);
  return made;
}

/** One of many alike: its name says which. */
function iconButton(word: string, heading: string, action: string, act: () => void): HTMLElement {
  const made = button(word, action, act);
  made.className = "quiet";
  made.setAttribute("aria-label", `${word}: ${heading}`);
  return made;
}
