/** The form: a fieldset a group, a labelled input a member; what is wrong stands below it and is tied to it. */
import { element } from "../dashboard/element.ts";
import type { Field, FormWords, FromForm, Group, ToForm } from "./messages.ts";

type Send = (message: FromForm) => void;

/** The whole page. */
export function formOf(told: ToForm, send: Send): HTMLElement[] {
  const { words } = told;
  if (told.kind === "unreadable")
    return [
      element("h1", {}, "Outrider"),
      element("p", { role: "alert" }, told.message),
      button(words.openText, "openText", () => send({ kind: "openText" })),
    ];
  return [
    element("h1", {}, told.title),
    ...told.groups.map((group) => groupOf(group, words, send)),
    button(words.addFiles, "addFiles", () => send({ kind: "addFiles" })),
    element("p", { class: "rest" }, words.rest),
    button(words.openText, "openText", () => send({ kind: "openText" })),
  ];
}

function groupOf({ fields, heading, removable }: Group, words: FormWords, send: Send): HTMLElement {
  const taken =
    removable === undefined
      ? undefined
      : button(`${words.remove} (${heading})`, `remove ${removable}`, () =>
          send({ kind: "remove", pointer: removable }),
        );
  return element(
    "fieldset",
    {},
    element("legend", {}, heading),
    ...fields.map((field) => fieldOf(field, send)),
    taken,
  );
}

function fieldOf(field: Field, send: Send): HTMLElement {
  const { faults, hint, label, pointer } = field;
  const id = `field${pointer.replaceAll("/", "-")}`;
  const isWrong = faults.length > 0;
  const input = inputOf(field, {
    id,
    "data-pointer": pointer,
    "aria-describedby": `${id}-hint ${id}-faults`,
    "aria-invalid": String(isWrong),
  });
  input.addEventListener("change", () => send({ kind: "write", pointer, value: input.value }));
  return element(
    "div",
    { class: "field" },
    element("label", { for: id }, label),
    input,
    element("p", { id: `${id}-hint`, class: "hint" }, hint),
    element("p", { id: `${id}-faults`, class: "faults" }, faults.join(" ")),
  );
}

function inputOf(
  { choices, isRequired, value }: Field,
  attributes: Readonly<Record<string, string>>,
): HTMLInputElement | HTMLSelectElement {
  if (choices === undefined) {
    const input = element("input", {
      ...attributes,
      type: "text",
      spellcheck: "false",
      ...(isRequired ? { "aria-required": "true" } : {}),
    }) as HTMLInputElement;
    input.value = value;
    return input;
  }
  const known = choices.includes(value) ? choices : [value, ...choices];
  const options = known.map((choice) => element("option", { value: choice }, choice));
  const select = element("select", attributes, ...options) as HTMLSelectElement;
  select.value = value;
  return select;
}

function button(text: string, action: string, act: () => void): HTMLElement {
  const made = element("button", { type: "button", "data-action": action }, text);
  made.addEventListener("click", act);
  return made;
}
