/**
 * Bars: parts of a whole, told apart by their patterns and by the words below as well as by the theme's colours; the
 * whole is said in words for those who do not see them.
 */
import type { LedgerState } from "@outrider/sdk/ledger";
import { element } from "./element.ts";

/** One part. */
export interface Part {
  readonly name: LedgerState | "lost";
  readonly count: number;
  /** What stands below the bar, and at the pointer. */
  readonly label: string;
}

/** A bar of parts and the words for each; what is left of the whole stays empty. */
export function bar(parts: readonly Part[], whole: number, label: string): HTMLElement {
  const there = parts.filter(({ count }) => count > 0);
  const rest = whole - there.reduce((sum, { count }) => sum + count, 0);
  const pieces = there.map(({ count, label: title, name }) =>
    grown(element("span", { class: `part ${name}`, title }), count),
  );
  if (rest > 0) pieces.push(grown(element("span"), rest));
  return element(
    "div",
    {},
    element("div", { class: "bar", role: "img", "aria-label": label }, ...pieces),
    element(
      "ul",
      { class: "parts", "aria-hidden": "true" },
      ...there.map((part) =>
        element("li", {}, element("span", { class: `swatch ${part.name}` }), part.label),
      ),
    ),
  );
}

/** Set on the element, not in its markup: the page's policy forbids styles there. */
function grown(piece: HTMLElement, share: number): HTMLElement {
  piece.style.flexGrow = String(share);
  return piece;
}
