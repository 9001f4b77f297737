/**
 * Takes up a new trust document while the server runs: `trust sign` puts version N + 1 in the place of N, and the
 * server goes from version to version, those kept as `trust.N.json` included. What is refused is said once, and so is
 * an expiry: a server goes on answering then, and no agent takes what it signs.
 */
import { setTimeout as pause } from "node:timers/promises";
import { isOutriderError } from "../../errors/index.ts";
import { readSealedDocument, type SealedDocument } from "../../messages/index.ts";
import { systemClock, type Logger } from "../../ports/index.ts";
import { readTrust } from "../../release/trust.ts";
import type { Server } from "../../server/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import type { Terminal } from "../io.ts";
import { readKeptTrust } from "./trust-file.ts";

/** What watching needs. */
export interface TrustWatchParts {
  readonly server: Pick<Server, "updateTrust">;
  /** The one in force. */
  readonly trust: TrustSet;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

const lookEveryMs = 1000;

/** Looks until aborted. Never throws: the version in force goes on. */
export async function watchTrustFile(
  terminal: Terminal,
  path: string,
  parts: TrustWatchParts,
): Promise<void> {
  const { logger, signal } = parts;
  let seen = parts.trust.sealed.text;
  let saidOf = "";
  while (!signal.aborted) {
    const { version, expiresAt } = parts.trust.document;
    if (Date.parse(expiresAt) <= systemClock.now().getTime() && saidOf !== expiresAt) {
      saidOf = expiresAt;
      logger.log(
        "error",
        `Version ${version} of the trust document ran out on ${expiresAt}: no agent takes anything from this server. Sign a new version (outrider trust rotate), or set the clock right, which says ${systemClock.now().toISOString()}.`,
        { code: "TRUST_EXPIRED" },
      );
    }
    await pause(lookEveryMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    let latest: SealedDocument<"trust/1"> | undefined;
    try {
      latest = await readTrust(terminal, path);
      if (latest.text === seen) continue;
      await walkTo(latest, terminal, path, parts);
      seen = latest.text;
    } catch (error) {
      if (!isOutriderError(error)) throw error;
      if (latest === undefined) continue; // being exchanged: text and signatures are two files
      seen = latest.text;
      logger.log(
        "error",
        `The trust document ${path} was changed and is not taken up: ${error.message}`,
        {
          code: error.code,
        },
      );
    }
  }
}

async function walkTo(
  latest: SealedDocument<"trust/1">,
  terminal: Terminal,
  path: string,
  { server, trust, logger }: TrustWatchParts,
): Promise<void> {
  const { version } = readSealedDocument(latest, path);
  const between = await readKeptTrust(terminal, path, {
    after: trust.document.version,
    before: version,
  });
  for (const next of [...between, latest])
    if ((await server.updateTrust(next, "file")) === "applied")
      logger.log("info", `Version ${trust.document.version} of the trust document is in force.`);
}
