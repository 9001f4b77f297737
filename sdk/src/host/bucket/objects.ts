/**
 * Objects in S3-compatible storage (s3mini), each written once: every write asks the storage to refuse where something
 * lies already (`If-None-Match: *`; THREATS H1). Large files go up in parts, a few at a time, so that memory stays
 * flat.
 */
import type { S3mini } from "s3mini";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";

/** Which bucket, and the right to use it. */
export interface BucketOptions {
  /** URL of the bucket: `https://s3.example/bucket` or `https://bucket.s3.example`. https, but on loopback. */
  readonly endpoint: string;
  /** Default `auto`. */
  readonly region?: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Bytes of one part of a large upload. Default 16 MiB; at least 5 MiB on most storages. */
  readonly partBytes?: number;
}

/** How one call is made. */
export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Called with the bytes sent so far. */
  readonly onProgress?: (bytes: number, total: number) => void;
}

/** Objects by key. Keys are of our own making: letters, digits, dots, hyphens and slashes. */
export interface Objects {
  /** @returns false, and nothing is changed, where something lies already. @throws UNAVAILABLE, LOGIN_REFUSED */
  put(key: string, bytes: Uint8Array, options?: CallOptions): Promise<boolean>;
  /** As `put`, from a file of any size. */
  putFile(
    key: string,
    file: { readonly path: string; readonly size: number },
    options?: CallOptions,
  ): Promise<boolean>;
  /** @returns undefined where nothing lies. @throws UNAVAILABLE, LOGIN_REFUSED */
  read(key: string, options?: CallOptions): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** Keys that begin so, in order. */
  list(prefix: string, options?: CallOptions): Promise<string[]>;
  /** A URL that anyone may read the object by for so many seconds, at most a week. */
  link(key: string, seconds: number): Promise<string>;
}

const defaultPartBytes = 16 * 1024 * 1024;
const mostParts = 10_000;
const partsAtOnce = 3;
const contentType = "application/octet-stream";
/** No object is ever changed. */
const immutable = "public, max-age=31536000, immutable";

/** Opens a bucket; nothing is asked of it yet. @throws CONFIG_INVALID */
export async function openObjects(
  options: BucketOptions,
  fileSystem: FileSystem,
): Promise<Objects> {
  requireEndpoint(options.endpoint);
  const { S3mini } = await import("s3mini");
  const clientFor = (signal?: AbortSignal): S3mini =>
    new S3mini({ ...options, fetch: writeOnce(signal) });
  const call = <T>(
    work: (client: S3mini) => Promise<T>,
    { signal }: CallOptions = {},
  ): Promise<T> => told(options.endpoint, signal, () => work(clientFor(signal)));
  const once = (
    work: (client: S3mini) => Promise<unknown>,
    calling?: CallOptions,
  ): Promise<boolean> =>
    call(async (client) => {
      try {
        await work(client);
        return true;
      } catch (error) {
        if (statusOf(error) === 412) return false;
        throw error;
      }
    }, calling);
  return {
    put: (key, bytes, calling) =>
      once((client) => client.putObject(key, bytes, contentType), calling),
    putFile: (key, file, calling = {}) =>
      once((client) => upload(client, key, file, { ...options, ...calling, fileSystem }), calling),
    read: (key, calling) =>
      call(async (client) => {
        const response = await client.getObjectResponse(key);
        if (response === null) return undefined;
        return (response.body ?? []) as AsyncIterable<Uint8Array>;
      }, calling),
    list: (prefix, calling) =>
      call(async (client) => {
        const found = (await client.listObjects("/", prefix)) ?? [];
        return found.map(({ Key }) => Key).toSorted();
      }, calling),
    link: (key, seconds) => call((client) => client.getPresignedUrl("GET", key, seconds)),
  };
}

/**
 * Adds the condition to whatever creates an object, and that caches and CDNs before the storage may keep it for good;
 * headers that need not be signed.
 */
function writeOnce(signal: AbortSignal | undefined): typeof fetch {
  return async (input, init = {}) => {
    const url = new URL(input instanceof Request ? input.url : input);
    const creates =
      (init.method === "PUT" && url.search === "") ||
      (init.method === "POST" && url.searchParams.has("uploadId"));
    const headers = new Headers(init.headers);
    const begins = init.method === "POST" && url.searchParams.has("uploads");
    if (creates) headers.set("if-none-match", "*");
    if (begins || (creates && init.method === "PUT")) headers.set("cache-control", immutable);
    return fetch(url, { ...init, headers, ...(signal === undefined ? {} : { signal }) });
  };
}

interface UploadOptions extends CallOptions {
  readonly partBytes?: number;
  readonly fileSystem: FileSystem;
}

async function upload(
  client: S3mini,
  key: string,
  { path, size }: { readonly path: string; readonly size: number },
  options: UploadOptions,
): Promise<void> {
  const partBytes = Math.max(options.partBytes ?? defaultPartBytes, Math.ceil(size / mostParts));
  const source = await options.fileSystem.open(path, "read");
  const readPart = async (from: number): Promise<Uint8Array> => {
    const part = new Uint8Array(Math.min(partBytes, size - from));
    for (let done = 0; done < part.length;) {
      const count = await source.read(part.subarray(done), from + done);
      if (count === 0)
        throw new OutriderError("FILE_UNREADABLE", `${path} became shorter.`, { subject: path });
      done += count;
    }
    return part;
  };
  try {
    if (size <= partBytes) {
      await client.putObject(key, await readPart(0), contentType);
      return options.onProgress?.(size, size);
    }
    const id = await client.getMultipartUploadId(key, contentType);
    try {
      const parts = await sendParts(client, key, id, { size, partBytes, readPart, ...options });
      await client.completeMultipartUpload(key, id, parts);
    } catch (error) {
      await client.abortMultipartUpload(key, id).catch(() => undefined); // it is not seen, only paid for
      throw error;
    }
    return undefined;
  } finally {
    await source.close();
  }
}

async function sendParts(
  client: S3mini,
  key: string,
  id: string,
  file: {
    readonly size: number;
    readonly partBytes: number;
    readonly readPart: (from: number) => Promise<Uint8Array>;
  } & CallOptions,
): Promise<{ partNumber: number; etag: string }[]> {
  const { size, partBytes } = file;
  const parts: { partNumber: number; etag: string }[] = [];
  let next = 0;
  let sent = 0;
  const worker = async (): Promise<void> => {
    while (next * partBytes < size) {
      const number = next++;
      const part = await file.readPart(number * partBytes);
      parts[number] = await client.uploadPart(key, id, part, number + 1);
      sent += part.length;
      file.onProgress?.(sent, size);
    }
  };
  await Promise.all(Array.from({ length: partsAtOnce }, worker));
  return parts;
}

/** What the storage or the network says, in our words. */
async function told<T>(
  endpoint: string,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    if (isOutriderError(cause)) throw cause;
    const { host } = new URL(endpoint);
    if (signal?.aborted === true)
      throw new OutriderError("CANCELLED", `Speaking to ${host} was cancelled.`, { cause });
    const status = statusOf(cause);
    if (status === 401 || status === 403)
      throw new OutriderError(
        "LOGIN_REFUSED",
        `The storage at ${host} refuses (${status}). Check its access key, secret key and the key's rights.`,
        { subject: host, cause },
      );
    const why = status === undefined ? (cause as Error).message : `it answered ${status}`;
    throw new OutriderError("UNAVAILABLE", `The storage at ${host} cannot be used: ${why}.`, {
      subject: host,
      cause,
    });
  }
}

function statusOf(error: unknown): number | undefined {
  const { status } = error as { status?: unknown };
  return typeof status === "number" ? status : undefined;
}

function requireEndpoint(endpoint: string): void {
  const url = URL.parse(endpoint);
  const isSafe =
    url?.protocol === "https:" ||
    (url?.protocol === "http:" && /^(127\.|localhost$|\[::1\]$)/.test(url.hostname));
  if (isSafe && url?.username === "") return;
  throw new OutriderError(
    "CONFIG_INVALID",
    `${endpoint} is no URL of a bucket: write it like https://s3.example/bucket, with https and without a login.`,
    { subject: endpoint },
  );
}
