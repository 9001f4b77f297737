/** Files that a configuration names and that are not there. */
import { resolve } from "node:path";
import { say } from "../../errors/index.ts";
import type { ServerConfig } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";

/** Examines the files without which the server does not start. */
export async function examineFiles(
  { trustFile, key, listen, standing }: ServerConfig,
  { root, fileSystem }: Surroundings,
): Promise<Remark[]> {
  const named = [
    ["/trustFile", trustFile],
    ["/key/file", key.file],
    ["/key/passphraseFile", key.passphraseFile],
    ["/listen/tokenFile", listen.tokenFile],
    ["/listen/tlsCertificateFile", listen.tlsCertificateFile],
    ["/listen/tlsKeyFile", listen.tlsKeyFile],
    ["/standing/key/file", standing?.key.file],
    ["/standing/key/passphraseFile", standing?.key.passphraseFile],
    ...(standing?.files ?? []).map((file, index) => [`/standing/files/${index}`, file] as const),
    ...(standing?.hooks ?? []).map(
      ({ secretFile }, index) => [`/standing/hooks/${index}/secretFile`, secretFile] as const,
    ),
  ] as const;
  const remarks: Remark[] = [];
  for (const [pointer, path] of named) {
    if (path === undefined || (await exists(resolve(root, path), fileSystem))) continue;
    remarks.push({
      code: "FILE_MISSING",
      severity: "warning",
      pointer,
      sentence: say("There is no file {0}.", path),
    });
  }
  return remarks;
}

async function exists(path: string, fileSystem: Surroundings["fileSystem"]): Promise<boolean> {
  try {
    return (await fileSystem.stat(path)) !== undefined;
  } catch {
    return true; // not ours to look at: nothing is said
  }
}
