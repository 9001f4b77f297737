/** Names of folders as IMAP writes them: modified UTF-7 (RFC 3501 5.1.3), in a quoted string. */
import { OutriderError } from "../../../../errors/index.ts";

/** `Entwürfe` → `Entw&APw-rfe`. */
export function encodeFolderName(name: string): string {
  return name.replaceAll(/&|[^\u0020-\u007e]+/g, (run) => {
    if (run === "&") return "&-";
    const base64 = Buffer.from(run, "utf16le").swap16().toString("base64");
    return `&${base64.replaceAll("=", "").replaceAll("/", ",")}-`;
  });
}

/** A quoted string of plain characters. @throws CONFIG_INVALID for anything that a quoted string cannot hold */
export function quoted(text: string): string {
  if (!/^[\u0020-\u007e]*$/.test(text))
    throw new OutriderError(
      "CONFIG_INVALID",
      "A user name or password holds something other than ASCII, and the mail server does not know AUTH=PLAIN.",
    );
  return `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
}
