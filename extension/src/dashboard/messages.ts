/** What the dashboard is told, and what it asks for. */
import type { AuditLine, Overview } from "@outrider/sdk/client";

/** From the extension. */
export type ToDashboard =
  | {
      readonly kind: "overview";
      readonly overview: Overview;
      readonly server: string;
      readonly isOnline: boolean;
      /** The latest first. */
      readonly audit: readonly AuditLine[];
      /** RFC 3339; when sending goes on, where it waits for a time or a window. */
      readonly sendsFrom?: string;
      /** Set when the overview is of one wave alone; counts from 0. */
      readonly wave?: number;
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
  /** Show one wave, or all. */
  | { readonly kind: "wave"; readonly wave?: number }
  /** Push again to those whom it did not reach; to those alone who failed by a code. */
  | { readonly kind: "retry"; readonly code?: string }
  | { readonly kind: "export"; readonly format: "html" | "csv" }
  | {
      readonly kind: "order";
      readonly action: "approve" | "pause" | "resume" | "halt" | "recall";
    };

/** What the page is made of. */
export type PageParts = ToDashboard & { readonly kind: "overview" } & Worded & {
    readonly send: (message: FromDashboard) => void;
  };
