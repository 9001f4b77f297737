/**
 * One download: connections that go on where the last one was cut, into one unfinished file. What a server says of its
 * ranges and validators is held against what was asked; where it does not fit, the archive is begun anew once.
 */
import type { IncomingMessage } from "node:http";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import { PartialArchive, type ObtainRequest } from "../../transport/index.ts";
import { blocksOf } from "./blocks.ts";
import { get, type RequestOptions } from "./request.ts";
import { readValidator, removeValidator, strongValidator, writeValidator } from "./validator.ts";
import type { Watchdog } from "./watchdog.ts";

/** Less than this is not worth resuming. */
const remnantBytes = 64 * 1024;
const blockBytes = 1024 * 1024;

/** How it is done. */
export interface DownloadOptions extends RequestOptions {
  readonly fileSystem: FileSystem;
  readonly watchdog: Watchdog;
}

/** One archive from one server. */
export class Download {
  readonly #request: ObtainRequest;
  readonly #url: URL;
  readonly #options: DownloadOptions;
  #transferred = 0;

  constructor(request: ObtainRequest, url: URL, options: DownloadOptions) {
    this.#request = request;
    this.#url = url;
    this.#options = options;
  }

  /**
   * Goes on after a cut as long as each connection brings something; a resumed archive that is wrong is begun anew
   * once.
   */
  async run(maxAttempts: number): Promise<number> {
    const { fileSystem, signal } = this.#options;
    for (let attempt = 1; ; attempt++) {
      const partial = await PartialArchive.open(fileSystem, this.#request, { signal });
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
          if (before === 0) throw begunAnew ? error.cause : error;
          continue;
        }
        const progress = partial.length > before;
        await partial.keep(remnantBytes);
        if (isOutriderError(error) || signal.aborted || !progress || attempt >= maxAttempts)
          throw isOutriderError(error) ? error : this.#unavailable("broke off", error);
      }
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
      // At a low rate it is ours that is slow: a second's worth at a time, so that the server is not taken for it.
      const most = Math.min(blockBytes, this.#request.bytesPerSecond ?? blockBytes);
      for await (const block of blocksOf(answer, most)) {
        this.#options.watchdog.note(block.length);
        this.#transferred += block.length;
        await partial.append(block);
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
