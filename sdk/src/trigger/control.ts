/** The signed order by which a person steers a deployment that runs: approve, pause, resume, halt, recall. */
import { randomUUID } from "node:crypto";
import { OutriderError } from "../errors/index.ts";
import { writeDocument } from "../messages/index.ts";
import { systemClock, type Clock, type KeySource } from "../ports/index.ts";
import type { Control } from "../schema/index.ts";
import { sealOrder } from "./seal.ts";

/** What a control is made of. */
export interface ControlOptions {
  /** Id of the deployment, which is its trigger's. */
  readonly deployment: string;
  readonly action: Control["action"];
  /** Why, for people. */
  readonly reason: string;
  /** SHA-256 of the release's manifest; a recall needs it. */
  readonly manifest?: string;
  /**
   * How long servers and agents may still take it, milliseconds. Default 30 days, for agents that were away; a recall a
   * year.
   */
  readonly validMs?: number;
  /** Who signs. */
  readonly keys: readonly KeySource[];
  /** Default: the system's. */
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
}

const day = 24 * 3600 * 1000;

/**
 * Writes and signs a control.
 *
 * @returns the `control/1` envelope.
 * @throws KEY_MISSING if no key is given; CONFIG_INVALID for a recall that names no manifest; DOCUMENT_INVALID for
 * members
 *   that nobody takes.
 */
export async function createControl(options: ControlOptions): Promise<Uint8Array> {
  if (options.keys.length === 0)
    throw new OutriderError("KEY_MISSING", "A control needs at least one key to sign it.");
  if (options.action === "recall" && options.manifest === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "A recall must name the manifest that it takes back.",
    );
  const now = (options.clock ?? systemClock).now();
  const validMs = options.validMs ?? (options.action === "recall" ? 365 : 30) * day;
  const text = writeDocument({
    type: "control/1",
    id: randomUUID(),
    issuedAt: now.toISOString(),
    expiresAt: new Date(now.getTime() + validMs).toISOString(),
    deployment: options.deployment,
    action: options.action,
    reason: options.reason,
    ...(options.manifest === undefined ? {} : { manifest: options.manifest }),
  });
  return sealOrder("control/1", text, options);
}
