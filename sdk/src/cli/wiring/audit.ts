/** The audit log of a server's configuration. */
import { join } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import { fileExists } from "../../release/files.ts";
import { verifyAudit, type AuditLine, type AuditVerdict } from "../../server/index.ts";
import { readServerConfig } from "../config.ts";
import type { Terminal } from "../io.ts";

/** What is asked of the log. */
export interface AuditRequest {
  /** The server's configuration. */
  readonly config: string;
  /** Digest of a line, kept elsewhere, that must be there. */
  readonly head?: string;
  readonly onLine?: (line: AuditLine) => void;
}

/**
 * Reads and checks it from the first line to the last.
 * @throws AUDIT_BROKEN, FILE_MISSING and those of the configuration
 */
export async function readAudit(
  terminal: Terminal,
  { config, ...request }: AuditRequest,
): Promise<AuditVerdict & { readonly path: string }> {
  const { values, resolve } = await readServerConfig(terminal, config);
  const path = join(resolve(values.dataDirectory), "audit.jsonl");
  if (!(await fileExists(terminal, path)))
    throw new OutriderError("FILE_MISSING", `${path} is not there: the server never ran.`, {
      subject: path,
    });
  return { path, ...(await verifyAudit({ path, fileSystem: nodeFileSystem, ...request })) };
}
