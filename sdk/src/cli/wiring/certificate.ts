/** Certificates as trust commands take them: judged once, here, where people are (DESIGN 4). */
import { systemClock } from "../../ports/index.ts";
import { readFileText } from "../../release/files.ts";
import type { TrustedKey } from "../../schema/index.ts";
import type { Terminal } from "../io.ts";

/** Judges each file's certificate. @throws KEY_REFUSED, FILE_MISSING */
export async function judgeFiles(
  terminal: Terminal,
  files: readonly string[],
  notAfter?: Date,
): Promise<TrustedKey[]> {
  const { judgeCertificate } = await import("../../signing/openpgp/index.ts");
  const keys: TrustedKey[] = [];
  for (const file of files) {
    const options = { subject: file, ...(notAfter === undefined ? {} : { notAfter }) };
    keys.push(
      ...(await judgeCertificate(await readFileText(terminal, file), systemClock.now(), options)),
    );
  }
  return keys;
}
