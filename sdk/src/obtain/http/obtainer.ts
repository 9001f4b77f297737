/**
 * The Internet utility (Fig. 4, step 88): gets an archive by HTTP(S) from a configured host, resuming by Range.
 *
 * The name asked for is the signed digest; the signed length caps what is read, the digest decides. What the server says
 * of itself (length, range, ETag) only saves time. RFC 9110 13–15.
 */
import type { IncomingMessage } from "node:http";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import {
  isComplete,
  PartialArchive,
  throwIfCancelled,
  type Obtainer,
  type ObtainRequest,
} from "../../transport/index.ts";
import { checkUrl, type HttpPolicy } from "./policy.ts";
import { get } from "./request.ts";
import { readValidator, removeValidator, strongValidator, writeValidator } from "./validator.ts";
import { Watchdog } from "./watchdog.ts";

/** How archives are got by HTTP. */
export interface HttpObtainerOptions {
  /** Hosts allowed, `host` or `host:port`; from this machine's configuration. */
  readonly hosts: readonly string[];
  /** Allow loopback and link-local addresses; default false. */
  readonly allowLoopback?: boolean;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  /** Bytes per second that must come in every window; default 256. */
  readonly minimumBytesPerSecond?: number;
  /** That window; default 30,000. */
  readonly rateWindowMs?: number;
  /** Time for one archive; default what the minimum rate takes, and ten minutes. */
  readonly deadlineMs?: number;
  /** Default 5. */
  readonly maxRedirects?: number;
  /** Connections tried while each brings something new; default 5. */
  readonly maxAttempts?: number;
  readonly fileSystem?: FileSystem;
}

/** Less than this is not worth resuming. */
const remnantBytes = 64 * 1024;

/** Obtains by HTTP. */
export function httpObtainer(options: HttpObtainerOptions): Obtainer {
  const policy: HttpPolicy = {
    hosts: options.hosts,
    allowLoopback: options.allowLoopback ?? false,
  };
  const rate = options.minimumBytesPerSecond ?? 256;
  const fileSystem = options.fileSystem ?? nodeFileSystem;
  return {
    name: "http",
    async obtain(request, { signal }) {
      const url = archiveUrl(request);
      checkUrl(url, policy);
      if (await isComplete(fileSystem, request, signal))
        return { path: request.target, transferred: 0 };
      const watchdog = new Watchdog(url.href, {
        minimumBytesPerSecond: rate,
        windowMs: options.rateWindowMs ?? 30_000,
        deadlineMs: options.deadlineMs ?? 600_000 + (request.size / rate) * 1000,
      });
      const download = new Download(request, url, {
        policy,
        fileSystem,
        watchdog,
        signal: AbortSignal.any([signal, watchdog.signal]),
        maxRedirects: options.maxRedirects ?? 5,
        ...(options.ca === undefined ? {} : { ca: options.ca }),
      });
      try {
        const transferred = await download.run(options.maxAttempts ?? 5);
        return { path: request.target, transferred };
      } catch (error) {
        throwIfCancelled(signal, url.href);
        throw watchdog.signal.aborted ? watchdog.signal.reason : error;
      } finally {
        watchdog.stop();
      }
    },
  };
}

interface DownloadOptions {
  readonly policy: HttpPolicy;
  readonly fileSystem: FileSystem;
  readonly watchdog: Watchdog;
  readonly signal: AbortSignal;
  readonly maxRedirects: number;
  readonly ca?: string;
}

class Download {
  readonly #request: ObtainRequest;
  readonly #url: URL;
  readonly #options: DownloadOptions;
  #transferred = 0;

  constructor(request: ObtainRequest, url: URL, options: DownloadOptions) {
    this.#request = request;
    this.#url = url;
    this.#options = options;
  }

  /** Goes on after a cut as long as each connection brings something; a resumed archive that is wrong is begun anew once. */
  async run(maxAttempts: number): Promise<number> {
    const { fileSystem, signal } = this.#options;
    let fresh = false;
    for (let attempt = 1; ; attempt++) {
      const partial = await PartialArchive.open(fileSystem, this.#request, { fresh, signal });
      const before = partial.length;
      try {
        await this.#fill(partial);
        await partial.finish();
        await removeValidator(fileSystem, this.#request.target);
        return this.#transferred;
      } catch (error) {
        const begunAnew = error instanceof BeginAnew;
        const wrongPart = isOutriderError(error) && error.code === "PACKAGE_DIGEST";
        if (begunAnew || wrongPart) {
          await partial.discard();
          if (before === 0 || fresh) throw begunAnew ? error.cause : error;
          fresh = true;
          continue;
        }
        const progress = partial.length > before;
        await partial.keep(remnantBytes);
        if (isOutriderError(error) || signal.aborted || !progress || attempt >= maxAttempts)
          throw isOutriderError(error) ? error : this.#unavailable("broke off", error);
      }
      fresh = false;
    }
  }

  async #fill(partial: PartialArchive): Promise<void> {
    const { size, target } = this.#request;
    const { fileSystem } = this.#options;
    const from = partial.length;
    if (from === size) return;
    const validator = from === 0 ? undefined : await readValidator(fileSystem, target);
    const answer = await get(
      this.#url,
      {
        ...(from === 0 ? {} : { range: `bytes=${from}-` }),
        ...(validator === undefined ? {} : { "if-range": validator }),
      },
      this.#options,
    );
    try {
      this.#checkHead(answer, from, validator);
      if (from === 0) await writeValidator(fileSystem, target, strongValidator(answer));
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        this.#options.watchdog.note(chunk.length);
        this.#transferred += chunk.length;
        await partial.append(chunk);
        this.#request.onProgress?.(partial.length);
      }
    } finally {
      answer.destroy();
    }
    // Where only the end of the connection says that it was all, an early end is a cut.
    const { "content-length": length, "transfer-encoding": encoding } = answer.headers;
    if (partial.length < size && length === undefined && encoding === undefined)
      throw new Error("The connection ended early.");
  }

  /** @throws UNAVAILABLE, PACKAGE_DIGEST, or BeginAnew where the part that is there does not fit what is offered */
  #checkHead(answer: IncomingMessage, from: number, validator: string | undefined): void {
    const { size } = this.#request;
    const { statusCode = 0, headers } = answer;
    if (statusCode === 416) throw new BeginAnew(this.#unavailable("has no such range", undefined));
    if (statusCode !== 200 && statusCode !== 206)
      throw this.#unavailable(`answered ${statusCode}`, undefined);
    if (!["identity", undefined].includes(headers["content-encoding"]))
      throw this.#unavailable(`encoded the archive as ${headers["content-encoding"]}`, undefined);
    if (statusCode === 200 && from > 0)
      throw new BeginAnew(this.#unavailable("does not resume", undefined));
    if (statusCode === 206) {
      const range = `bytes ${from}-${size - 1}/${size}`;
      const same = validator === undefined || strongValidator(answer) === validator;
      if (from === 0 || headers["content-range"] !== range || !same)
        throw new BeginAnew(this.#unavailable("resumed something else", undefined));
    }
    const length = headers["content-length"];
    if (length !== undefined && Number(length) !== size - from)
      throw new OutriderError(
        "PACKAGE_DIGEST",
        `${this.#url.href} offers ${from + Number(length)} bytes; ${size} were signed. Another source is tried.`,
        { subject: this.#url.href },
      );
  }

  #unavailable(what: string, cause: unknown): OutriderError {
    return new OutriderError("UNAVAILABLE", `${this.#url.href} ${what}.`, {
      subject: this.#url.href,
      ...(cause === undefined ? {} : { cause }),
    });
  }
}

/** The part that is there is of no use; `cause` is what to say where there was none. */
class BeginAnew extends Error {
  override readonly cause: OutriderError;
  constructor(cause: OutriderError) {
    super(cause.message);
    this.cause = cause;
  }
}

function archiveUrl({ url, sha256, target }: ObtainRequest): URL {
  const folder = url === undefined ? null : URL.parse(url);
  if (folder === null || !folder.pathname.endsWith("/") || !/^[0-9a-f]{64}$/.test(sha256))
    throw new OutriderError(
      "SOURCE_FORBIDDEN",
      `The source ${JSON.stringify(url?.slice(0, 200) ?? "")} is no folder of archives; it was not opened.`,
      { subject: target },
    );
  return new URL(`${sha256}.outrider`, folder);
}
