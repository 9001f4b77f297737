/** What the dashboard is told, and what it asks for. */
import type { Overview } from "@outrider/sdk/client";

/** From the extension. */
export type ToDashboard =
  | {
      readonly kind: "overview";
      readonly overview: Overview;
      readonly server: string;
      readonly isOnline: boolean;
    }
  | { readonly kind: "fault"; readonly message: string };

/** Beside every message: what stands on the page, in the person's language. */
export interface Worded {
  readonly words: Words;
}

/** Headings and labels by key; states by their name in the ledger. */
export type Words = Readonly<Record<string, string>>;

/** From the page. */
export type FromDashboard =
  | { readonly kind: "ready" }
  | { readonly kind: "export"; readonly format: "html" | "csv" }
  | {
      readonly kind: "order";
      readonly action: "approve" | "pause" | "resume" | "halt" | "recall";
    };
