/** Says Node's file errors in Outrider's words. */
import { isOutriderError, OutriderError, type ErrorCode } from "../errors/index.ts";

const codes: Readonly<Record<string, ErrorCode>> = {
  ENOENT: "FILE_MISSING",
  ENOTDIR: "FILE_MISSING",
  EEXIST: "FILE_EXISTS",
  ENOSPC: "SPACE",
  EDQUOT: "SPACE",
};

/**
 * Around an error of the file system: FILE_MISSING, FILE_EXISTS, SPACE, CANCELLED or FILE_UNREADABLE.
 * Ours, and what is no error of the file system, come back as they are.
 */
export function fileError(error: unknown, path: string, doing: string): unknown {
  if (isOutriderError(error) || !(error instanceof Error)) return error;
  const { code, name, message } = error as NodeJS.ErrnoException;
  if (name === "AbortError")
    return new OutriderError("CANCELLED", `${doing} ${path} was cancelled.`, {
      subject: path,
      cause: error,
    });
  if (code === undefined || !/^E[A-Z0-9]+$/.test(code)) return error;
  return new OutriderError(
    codes[code] ?? "FILE_UNREADABLE",
    `${doing} ${path} failed: ${message}.`,
    { subject: path, cause: error },
  );
}
