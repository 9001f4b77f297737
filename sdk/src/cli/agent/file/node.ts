/**
 * The first lines of the one file: an older Node is told what is needed, in the form of the file's other errors, before
 * anything is used that it does not have. A mail system's pipe is asked to bring the message again.
 */
import { tooOld } from "../../node-version.ts";

const message = tooOld(process.versions.node, process.execPath)?.trim();
if (message !== undefined) {
  const told = { code: "TOOL_MISSING", step: "configure", retryable: true, message };
  process.stderr.write(`${JSON.stringify({ error: told })}\n`);
  process.exit(process.argv.includes("--pipe") ? 75 : 3);
}
