/**
 * A tree on a web server, a plain static one too: conditional requests with ETag, bounded in bytes and in time, below
 * one URL and nowhere else (RFC 9110 13, 10.2.3).
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import type { LookupFunction } from "node:net";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { maxEnvelopeBytes } from "../../messages/index.ts";
import { throwIfCancelled } from "../partial-archive.ts";
import { askWeb, type WebAccess } from "../web/index.ts";
import { treeNames } from "./layout.ts";
import { CarrierBusy, holdToDigest, type Tree } from "./tree.ts";

/** How a web server is asked. */
export interface HttpTreeOptions extends WebAccess {
  /** Folder of `catalog.json`, ending in a slash. */
  readonly url: string;
  /** Deadline of one request with its answer; default 30,000. */
  readonly timeoutMs?: number;
  /** Decides which addresses a name stands for; default the system's resolver. */
  readonly lookup?: LookupFunction;
}

/** However long a carrier asks us to stay away. */
const longestRetryAfterMs = 3_600_000;

/** Reads below a URL. @throws CONFIG_INVALID for one that is no folder */
export function httpTree(options: HttpTreeOptions): Tree {
  const root = folderUrl(options.url);
  const origin = new URL(treeNames.catalog, root);
  let kept: { readonly etag: string; readonly bytes: Uint8Array } | undefined;
  return {
    origin: origin.href,
    async catalog({ signal }) {
      const condition = kept === undefined ? {} : { "if-none-match": kept.etag };
      const answer = await fetchBounded(origin, condition, "catalog/1", { ...options, signal });
      if (answer === "unchanged" && kept !== undefined) return kept.bytes;
      if (answer === "unchanged") throw unavailable(origin, "answered 304 to no condition");
      kept = answer.etag === undefined ? undefined : { etag: answer.etag, bytes: answer.bytes };
      return answer.bytes;
    },
    shelf: {
      async notification(sha256, { signal }) {
        const url = new URL(treeNames.notification(sha256), root);
        const bytes = await fetchDocument(url, "notification/1", { ...options, signal });
        return holdToDigest(sha256, bytes, url.href);
      },
      async trust(version, { signal }) {
        const url = new URL(treeNames.trust(version), root);
        return fetchDocument(url, "trust/1", { ...options, signal });
      },
      archives: {
        url: new URL(`${treeNames.packages}/`, root).href,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
        ...(options.proxies === undefined ? {} : { proxies: options.proxies }),
        ...(options.lookup === undefined ? {} : { lookup: options.lookup }),
      },
    },
  };
}

type Ask = Omit<HttpTreeOptions, "url"> & { readonly signal: AbortSignal };
type Kind = "catalog/1" | "notification/1" | "trust/1";

interface Answer {
  readonly bytes: Uint8Array;
  readonly etag: string | undefined;
}

async function fetchDocument(url: URL, kind: Kind, ask: Ask): Promise<Uint8Array> {
  const answer = await fetchBounded(url, {}, kind, ask);
  if (answer === "unchanged") throw unavailable(url, "answered 304 to no condition");
  return answer.bytes;
}

async function fetchBounded(
  url: URL,
  headers: Readonly<Record<string, string>>,
  kind: Kind,
  { signal, timeoutMs = 30_000, ...access }: Ask,
): Promise<Answer | "unchanged"> {
  throwIfCancelled(signal, url.href);
  const deadline = AbortSignal.timeout(timeoutMs);
  let answer: IncomingMessage | undefined;
  try {
    answer = await askWeb(url, {
      ...access,
      headers: { accept: "application/json", ...headers },
      signal: AbortSignal.any([signal, deadline]),
    });
    return await readAnswer(url, answer, maxEnvelopeBytes[kind]);
  } catch (cause) {
    if (isOutriderError(cause)) throw cause;
    throwIfCancelled(signal, url.href);
    const what = deadline.aborted ? `took longer than ${timeoutMs} ms` : "does not answer";
    throw unavailable(url, what, cause);
  } finally {
    answer?.destroy();
  }
}

async function readAnswer(
  url: URL,
  answer: IncomingMessage,
  maxBytes: number,
): Promise<Answer | "unchanged"> {
  const { statusCode, headers } = answer;
  if (statusCode === 304) return "unchanged";
  const retryAfterMs = readRetryAfter(headers["retry-after"]);
  if ((statusCode === 429 || statusCode === 503) && retryAfterMs !== undefined)
    throw new CarrierBusy(url.href, retryAfterMs);
  if (statusCode !== 200)
    throw unavailable(url, `answered ${statusCode}; redirects are not followed`);
  if (!["identity", undefined].includes(headers["content-encoding"]))
    throw unavailable(url, `encoded its answer as ${headers["content-encoding"]}`);
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of answer as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > maxBytes)
      throw new OutriderError(
        "DOCUMENT_TOO_LARGE",
        `${url.href} has more than ${maxBytes} bytes.`,
        {
          subject: url.href,
        },
      );
    pieces.push(piece);
  }
  return { bytes: new Uint8Array(Buffer.concat(pieces)), etag: usableTag(headers) };
}

/**
 * Weak or strong; anything that is no tag is not sent back. Nor is one of a file that was changed just now: hosts make
 * tags of the second of the change, so another change in it would not be seen (RFC 9110 8.8.2.2; nginx).
 */
function usableTag(headers: IncomingHttpHeaders): string | undefined {
  const { etag, date, "last-modified": changed } = headers;
  if (etag === undefined || !/^(W\/)?"[\u0021\u0023-\u007e]{0,200}"$/.test(etag)) return undefined;
  const ageMs = Date.parse(date ?? "") - Date.parse(changed ?? "");
  return ageMs < 2000 ? undefined : etag;
}

/** Seconds or a date; undefined for anything else. */
function readRetryAfter(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const ms = /^\d{1,9}$/.test(value) ? Number(value) * 1000 : Date.parse(value) - Date.now();
  return Number.isNaN(ms) ? undefined : Math.min(Math.max(ms, 0), longestRetryAfterMs);
}

function folderUrl(text: string): URL {
  const url = URL.parse(text);
  const fits =
    url !== null &&
    ["http:", "https:"].includes(url.protocol) &&
    url.username === "" &&
    url.password === "" &&
    url.search === "" &&
    url.hash === "" &&
    url.pathname.endsWith("/");
  if (fits) return url;
  const subject = text.replace(/\/\/[^/]*@/, "//"); // without a login
  throw new OutriderError(
    "CONFIG_INVALID",
    `${subject} is no folder on a web server: write http or https, a slash at the end, and no login, query or fragment.`,
    { subject },
  );
}

function unavailable(url: URL, what: string, cause?: unknown): OutriderError {
  return new OutriderError("UNAVAILABLE", `${url.href} ${what}.`, {
    subject: url.href,
    ...(cause === undefined ? {} : { cause }),
  });
}
