/** Reading objects: each as a stream, in bounds, and held to its digest before it counts. */
import { createHash } from "node:crypto";
import { OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import type { Objects } from "./objects.ts";

/** Largest archive that is brought without its size being known. */
const maxArchiveBytes = 64 * 2 ** 30;

/** A small object as text. @throws DOCUMENT_TOO_LARGE */
export async function readSmall(
  objects: Objects,
  key: string,
  maxBytes: number,
): Promise<string | undefined> {
  const pieces: Uint8Array[] = [];
  const isThere = await pour(objects, key, maxBytes, (piece) => void pieces.push(piece));
  return isThere ? Buffer.concat(pieces).toString("utf8") : undefined;
}

/** SHA-256 of an object of this size, or undefined where nothing lies. */
export async function readDigest(
  objects: Objects,
  key: string,
  size: number,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const hash = createHash("sha256");
  const isThere = await pour(objects, key, size, (piece) => void hash.update(piece), signal);
  return isThere ? hash.digest("hex") : undefined;
}

/**
 * Copies an object into a file that does not exist yet.
 *
 * @returns whether anything lies there; if so, the file holds exactly what was expected.
 * @throws PACKAGE_DIGEST, DOCUMENT_TOO_LARGE, UNAVAILABLE
 */
export async function readInto(
  objects: Objects,
  key: string,
  expected: { readonly sha256: string; readonly size?: number },
  path: string,
  fileSystem: FileSystem,
): Promise<boolean> {
  const hash = createHash("sha256");
  const target = await fileSystem.open(path, "create");
  try {
    const isThere = await pour(objects, key, expected.size ?? maxArchiveBytes, async (piece) => {
      hash.update(piece);
      await target.write(piece);
    });
    if (!isThere) return false;
    await target.sync();
  } finally {
    await target.close();
  }
  if (hash.digest("hex") === expected.sha256) return true;
  throw new OutriderError(
    "PACKAGE_DIGEST",
    `${key} in the storage is not what was published under this name. Nothing of it is used.`,
    { subject: key },
  );
}

async function pour(
  objects: Objects,
  key: string,
  maxBytes: number,
  take: (piece: Uint8Array) => void | Promise<void>,
  signal?: AbortSignal,
): Promise<boolean> {
  const body = await objects.read(key, signal === undefined ? {} : { signal });
  if (body === undefined) return false;
  let size = 0;
  try {
    for await (const piece of body) {
      size += piece.length;
      if (size > maxBytes)
        throw new OutriderError(
          "DOCUMENT_TOO_LARGE",
          `${key} in the storage has more than ${maxBytes} bytes.`,
          { subject: key },
        );
      await take(piece);
    }
  } catch (cause) {
    if (cause instanceof OutriderError) throw cause;
    throw new OutriderError("UNAVAILABLE", `Reading ${key} from the storage broke off.`, {
      subject: key,
      cause,
    });
  }
  return true;
}
