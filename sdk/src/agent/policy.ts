/**
 * When this machine lets itself be changed: the embedding product's own say. Nothing here weakens a check; a policy
 * can only put off or decline programs.
 */
import type { Window } from "../schema/index.ts";
import type { SourcePolicy } from "./archive/choice.ts";

/** What the product decides. Everything may be left out. */
export interface AgentPolicy {
  /**
   * Asked before the machine is changed; the archive lies ready by then. `later` is asked again after `retryMs`.
   * Default: now.
   */
  readonly ask?: (question: PolicyQuestion) => Promise<"now" | "later"> | "now" | "later";
  /** Installing waits for one of these. Default: any time. */
  readonly windows?: readonly Window[];
  /** Which ways to archives are taken. Default: what answers, in the server's order. */
  readonly sources?: SourcePolicy;
  /**
   * Packages whose deployments go first where several wait: patterns of names, first match counts. Default as they
   * came.
   */
  readonly priority?: readonly string[];
  /** Limit for obtaining archives. Default none. */
  readonly bytesPerSecond?: number;
  /** Bytes that must stay free on the disk besides what a release takes. Default 0. */
  readonly keepFreeBytes?: number;
  /** May a package run its hooks (`beforeInstall`, `afterInstall`)? Default false (THREATS A2). */
  readonly allowHooks?: boolean;
  /** Pause before what was put off is tried again. Default 60,000. */
  readonly retryMs?: number;
}

/** What would be installed. */
export interface PolicyQuestion {
  readonly name: string;
  readonly version: string;
  /** Installed now. */
  readonly installed?: string;
  readonly kind: "program" | "patch" | "data" | "mixture";
  /** For people. */
  readonly description?: string;
}
