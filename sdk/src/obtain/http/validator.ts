/** Remembers, beside an unfinished archive, the strong ETag it was begun with (RFC 9110 8.8.1), for `If-Range`. */
import type { IncomingMessage } from "node:http";
import { readWhole, type FileSystem } from "../../ports/index.ts";
import { partialPath } from "../../transport/index.ts";

const strong = /^"[\u0021\u0023-\u007e]{1,200}"$/;

/** The answer's ETag, if it is a strong one. */
export function strongValidator({ headers }: IncomingMessage): string | undefined {
  return headers.etag !== undefined && strong.test(headers.etag) ? headers.etag : undefined;
}

/** What was remembered. */
export async function readValidator(
  fileSystem: FileSystem,
  target: string,
): Promise<string | undefined> {
  const path = validatorPath(target);
  if ((await fileSystem.stat(path))?.kind !== "file") return undefined;
  const text = new TextDecoder().decode(await readWhole(fileSystem, path, 1024));
  return strong.test(text) ? text : undefined;
}

/** Remembers, or forgets what was remembered of an earlier beginning. */
export async function writeValidator(
  fileSystem: FileSystem,
  target: string,
  validator: string | undefined,
): Promise<void> {
  await removeValidator(fileSystem, target);
  if (validator === undefined) return;
  const handle = await fileSystem.open(validatorPath(target), "create");
  try {
    await handle.write(new TextEncoder().encode(validator));
  } finally {
    await handle.close();
  }
}

/** Forgets. */
export async function removeValidator(fileSystem: FileSystem, target: string): Promise<void> {
  await fileSystem.remove(validatorPath(target));
}

function validatorPath(target: string): string {
  return `${partialPath(target)}.etag`;
}
