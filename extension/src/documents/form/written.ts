/**
 * What is written in a document, as a control can show it and write it again without a loss; `undefined` for anything
 * else, which the form then shows as it stands and leaves alone (THREATS E2).
 */
import { invisibleIn } from "@outrider/sdk/schema";
import type { Control } from "../../form/messages.ts";

const maxShown = 2000;
const maxVisible = 500;

/** A value as its control shows it; elements of sets and lines are told one a line. */
export function shownValue(control: Control, value: unknown): string | undefined {
  if (value === undefined) return "";
  switch (control.kind) {
    case "text":
    case "choice":
      return typeof value === "string" && value !== "" && isPlain(value) ? value : undefined;
    case "number":
      return typeof value === "number" ? String(value) : undefined;
    case "flag":
      return typeof value === "boolean" ? String(value) : undefined;
    case "set":
    case "lines":
      return Array.isArray(value) && value.every((one) => isElement(control, one))
        ? plainOnly(value.join("\n"))
        : undefined;
  }
}

/** The value that a person's answer means; `undefined` takes the member out. */
export function answeredValue({ kind }: Control, text: string): unknown {
  if (text === "") return undefined;
  if (kind === "number") return Number(text);
  if (kind === "flag") return text === "true";
  return kind === "set" || kind === "lines" ? text.split("\n") : text;
}

/** Anything, as text that deceives nobody: what is not seen stands there by its number. */
export function visible(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? "");
  const cut = text.length > maxVisible ? `${text.slice(0, maxVisible)}…` : text;
  return cut.replaceAll(/./gsu, (character) =>
    invisibleIn(character) === undefined ? character : numbered(character),
  );
}

function numbered(character: string): string {
  const number = character.codePointAt(0) ?? 0;
  return `⟨U+${number.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

function isElement(control: Control, value: unknown): value is string {
  if (typeof value !== "string" || value === "" || !isPlain(value)) return false;
  return control.kind !== "set" || control.choices.includes(value);
}

function plainOnly(text: string): string | undefined {
  return text.length > maxShown ? undefined : text;
}

function isPlain(text: string): boolean {
  return text.length <= maxShown && invisibleIn(text) === undefined;
}
