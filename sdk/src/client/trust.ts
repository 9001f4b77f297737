/**
 * The first trust document of a machine, from a server that is not trusted yet: whatever it shows, only the document of
 * the digest that a person brought is taken.
 */
import { isOutriderError, OutriderError } from "../errors/index.ts";
import { openEnvelope, recognize, type SealedDocument } from "../messages/index.ts";
import { sha256Hex } from "../signing/index.ts";
import type { RequestOptions, ServerClient } from "./client.ts";

/** An envelope of the largest trust document, its quotes escaped, and signatures. */
const maxEnvelopeBytes = 2 * 1024 * 1024;
const mostVersions = 256;

/**
 * Fetches the version whose text has this SHA-256, the newest first.
 *
 * @param sha256 lower-case hex, brought out of band.
 * @throws TRUST_PIN, UNAVAILABLE
 */
export async function fetchPinnedTrust(
  client: ServerClient,
  sha256: string,
  options: RequestOptions = {},
): Promise<SealedDocument<"trust/1">> {
  const newest = await newestVersion(client, options);
  for (let version = newest; version > Math.max(0, newest - mostVersions); version--) {
    const sealed = await fetchVersion(client, version, options);
    if (sealed !== undefined && sha256Hex(sealed.bytes) === sha256) return sealed;
  }
  throw new OutriderError(
    "TRUST_PIN",
    `${client.url} shows no trust document of SHA-256 ${sha256}. Nothing was believed.`,
    { subject: client.url },
  );
}

/** What the catalog says, unverified: it tells only where to begin. */
async function newestVersion(client: ServerClient, options: RequestOptions): Promise<number> {
  const catalog = await readWhole(client, "catalog.json", options);
  const version = /\\?"trustVersion\\?"\s*:\s*(\d{1,9})/.exec(
    new TextDecoder().decode(catalog),
  )?.[1];
  return Number(version ?? 0);
}

/** A version that is not there, or is none, is passed over. */
async function fetchVersion(
  client: ServerClient,
  version: number,
  options: RequestOptions,
): Promise<SealedDocument<"trust/1"> | undefined> {
  try {
    const bytes = await readWhole(client, `trust/${version}.json`, options);
    const envelope = recognize(bytes, "trust/1");
    return envelope === undefined ? undefined : openEnvelope(envelope, "the trust document");
  } catch (error) {
    if (isOutriderError(error)) return undefined;
    throw error;
  }
}

async function readWhole(
  client: ServerClient,
  path: string,
  options: RequestOptions,
): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of await client.open(path, options)) {
    size += piece.length;
    if (size > maxEnvelopeBytes)
      throw new OutriderError("DOCUMENT_TOO_LARGE", `${client.url}${path} is too large.`, {
        subject: path,
      });
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
