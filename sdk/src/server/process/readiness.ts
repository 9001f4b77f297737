/**
 * Can the server do its work now? It lives as long as it answers; it is ready when its store and its package host
 * answer and its trust document is in force and lets its key speak.
 */
import { setTimeout as pause } from "node:timers/promises";
import { isOutriderError, type ErrorCode } from "../../errors/index.ts";
import type { ValueStore } from "../../ledger/index.ts";
import type { Clock, KeySource } from "../../ports/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { PackageSource } from "../publishing/packages.ts";
import { isServerKey } from "./server-key.ts";

/** What is looked at. */
export type ReadinessCheck = "store" | "host" | "trust";

/** What was found. Codes only: whoever may ask is not told what lies where. */
export interface Readiness {
  readonly isReady: boolean;
  readonly checks: Readonly<Record<ReadinessCheck, "ok" | ErrorCode>>;
  readonly trust: {
    readonly version: number;
    /** RFC 3339. */
    readonly expiresAt: string;
  };
}

/** What looking needs. */
export interface ReadinessParts {
  readonly trust: TrustSet;
  readonly key: KeySource;
  readonly values: Pick<ValueStore, "get">;
  readonly packages: Pick<PackageSource, "archive">;
  readonly clock: Clock;
}

/** Whoever asks asks again: what takes longer is not there. */
const patienceMs = 4000;
const nobody = "0".repeat(64);

/** Looks. Never throws, and answers within four seconds. */
export async function readinessOf(parts: ReadinessParts): Promise<Readiness> {
  const { version, expiresAt } = parts.trust.document;
  const [store, host] = await Promise.all([
    answer(() => parts.values.get("readiness")),
    answer(() => parts.packages.archive(nobody)),
  ]);
  const checks = { store, host, trust: trustOf(parts) };
  const isReady = Object.values(checks).every((found) => found === "ok");
  return { isReady, checks, trust: { version, expiresAt } };
}

function trustOf({ trust, key, clock }: ReadinessParts): "ok" | ErrorCode {
  if (Date.parse(trust.document.expiresAt) <= clock.now().getTime()) return "TRUST_EXPIRED";
  return isServerKey({ key, trust }) ? "ok" : "KEY_ROLE";
}

async function answer(ask: () => Promise<unknown>): Promise<"ok" | ErrorCode> {
  const enough = new AbortController();
  try {
    const late = pause(patienceMs, "late", { signal: enough.signal, ref: false });
    return (await Promise.race([ask().then(() => "ok" as const), late])) === "ok"
      ? "ok"
      : "UNAVAILABLE";
  } catch (error) {
    return isOutriderError(error) ? error.code : "UNAVAILABLE";
  } finally {
    enough.abort();
  }
}
