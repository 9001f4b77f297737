/** The trust document that a command goes by. */
import { OutriderError } from "../../errors/index.ts";
import { systemClock } from "../../ports/index.ts";
import { TrustSet } from "../../trust/index.ts";
import { fileExists } from "../files.ts";
import type { Terminal } from "../io.ts";
import { readSignedFile } from "./signed-file.ts";

/** Where a trust document is looked for unless `--trust` names one. */
export const defaultTrustFile = "trust.json";

/** Opens it, at this moment. @throws TRUST_MISSING, and the codes of TrustSet.open */
export async function openTrust(terminal: Terminal, path: string): Promise<TrustSet> {
  if (!(await fileExists(terminal, path)))
    throw new OutriderError(
      "TRUST_MISSING",
      `${path} is not there: name the trust document with --trust.`,
      { subject: path },
    );
  return TrustSet.open(await readSignedFile(terminal, path, "trust/1"), { now: systemClock.now() });
}
