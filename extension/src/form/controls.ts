/** The control of a field. It tells a changed value once, when the person leaves it or chooses. */
import { element } from "../dashboard/element.ts";
import type { Field, FormWords } from "./messages.ts";
import { numberText } from "./number-text.ts";

/** What becomes of an answer. */
export interface Answer {
  /** @param was what was known to stand there */
  readonly tell: (was: string, value: string) => void;
  /** Says why it cannot be written. */
  readonly refuse: (message: string) => void;
}

/** A control; several boxes together want a legend in the place of a label. */
export interface Control {
  readonly control: HTMLElement;
  readonly isGroup: boolean;
}

/** Makes it. */
export function controlOf(field: Field, id: string, words: FormWords, answer: Answer): Control {
  const { control, value } = field;
  if (control.kind === "set")
    return { control: boxes(field, control.choices, answer), isGroup: true };
  if (control.kind === "choice" || control.kind === "flag")
    return { control: select(field, id, words, answer), isGroup: false };
  const isLong = control.kind === "lines";
  const input = element(isLong ? "textarea" : "input", {
    ...attributesOf(field, id),
    spellcheck: "false",
    ...(isLong
      ? { rows: String(Math.max(1, value.split("\n").length)), title: words.onePerLine }
      : { type: "text" }),
    ...(control.kind === "number" ? { inputmode: "decimal", class: "short" } : {}),
    ...(isLong ? { placeholder: words.onePerLine } : {}),
  }) as HTMLInputElement | HTMLTextAreaElement;
  input.defaultValue = value;
  const tell = toldOnce(value, answer);
  const commit = (): void => {
    // A page that is made anew takes the control away from under the person: nothing is answered yet.
    if (input.closest("[aria-busy=true]") !== null) return;
    const text = isLong ? linesOf(input.value) : input.value.trim();
    if (control.kind === "number" && !numberText.test(text)) answer.refuse(words.number);
    else tell(text);
  };
  input.addEventListener("change", commit);
  input.addEventListener("blur", commit);
  return { control: input, isGroup: false };
}

function linesOf(text: string): string {
  return text
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line !== "")
    .join("\n");
}

function select(field: Field, id: string, words: FormWords, answer: Answer): HTMLElement {
  const { control, isRequired, value } = field;
  const choices =
    control.kind === "choice"
      ? control.choices.map((choice) => [choice, choice])
      : [
          ["true", words.yes],
          ["false", words.no],
        ];
  const known = choices.some(([choice]) => choice === value);
  const all = [
    ...(isRequired && value !== "" ? [] : [["", words.unset]]),
    ...(known || value === "" ? [] : [[value, value]]),
    ...choices,
  ];
  const options = all.map(([choice = "", word]) => element("option", { value: choice }, word));
  const made = element("select", attributesOf(field, id), ...options) as HTMLSelectElement;
  made.value = value;
  const tell = toldOnce(value, answer);
  made.addEventListener("change", () => tell(made.value));
  return made;
}

/** In the order in which they stand in the text; a new one comes last. */
function boxes(
  { faults, pointer, value }: Field,
  choices: readonly string[],
  answer: Answer,
): HTMLElement {
  let chosen = value === "" ? [] : value.split("\n");
  const tell = toldOnce(value, answer);
  return element(
    "div",
    { class: "boxes" },
    ...choices.map((choice) => {
      const box = element("input", {
        type: "checkbox",
        "data-pointer": `${pointer}#${choice}`,
        "aria-invalid": String(faults.length > 0),
      }) as HTMLInputElement;
      box.checked = chosen.includes(choice);
      box.addEventListener("change", () => {
        chosen = box.checked ? [...chosen, choice] : chosen.filter((other) => other !== choice);
        tell(chosen.join("\n"));
      });
      return element("label", {}, box, choice);
    }),
  );
}

function attributesOf({ faults, isRequired, pointer }: Field, id: string): Record<string, string> {
  return {
    id,
    "data-pointer": pointer,
    "aria-describedby": `${id}-hint ${id}-faults`,
    "aria-invalid": String(faults.length > 0),
    ...(isRequired ? { "aria-required": "true" } : {}),
  };
}

/** Answers may come faster than the page is made anew: each says what the one before has left. */
function toldOnce(value: string, { tell }: Answer): (value: string) => void {
  let was = value;
  return (answer) => {
    if (answer === was) return;
    tell(was, answer);
    was = answer;
  };
}
