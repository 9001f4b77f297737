/** Bars: parts of a whole in the colours of the theme; the whole is said in words for those who do not see them. */
import type { LedgerState } from "@outrider/sdk/ledger";
import { shape } from "./element.ts";

/** One part. */
export interface Part {
  readonly name: LedgerState | "lost";
  readonly count: number;
  /** For those who hear it, and for the pointer. */
  readonly label: string;
}

const width = 100;
const height = 10;

/** A bar of parts; what is left of the whole stays empty. */
export function bar(parts: readonly Part[], whole: number, label: string): SVGElement {
  let left = 0;
  const pieces = parts
    .filter(({ count }) => count > 0)
    .map((part) => {
      const own = whole === 0 ? 0 : (width * part.count) / whole;
      const piece = shape(
        "rect",
        {
          class: `part ${part.name}`,
          x: left.toFixed(2),
          y: "0",
          width: own.toFixed(2),
          height: String(height),
        },
        shape("title", {}, part.label),
      );
      left += own;
      return piece;
    });
  return shape(
    "svg",
    {
      class: "bar",
      role: "img",
      "aria-label": label,
      viewBox: `0 0 ${width} ${height}`,
      preserveAspectRatio: "none",
    },
    ...pieces,
  );
}
