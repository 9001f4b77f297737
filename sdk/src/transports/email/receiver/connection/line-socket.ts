/**
 * A connection of lines and counted octets, as IMAP and POP3 speak it. The server is hostile: a line is bounded,
 * silence is bounded, large content is handed on as it comes, and what lies ahead of a TLS handshake is refused
 * (CVE-2011-0411).
 */
import { connect as connectPlain, type Socket } from "node:net";
import { connect as connectTls, type ConnectionOptions } from "node:tls";
import { OutriderError } from "../../../../errors/index.ts";
import type { MailServerAddress } from "./mail-server.ts";

/** Data beyond this waits in the network, not in memory. */
const maxBufferedBytes = 1024 * 1024;
/** Below this, over the whole of a large content, the server is holding us up (THREATS N13). */
const minimumBytesPerSecond = 512;

/** The connection; every call throws UNAVAILABLE once it is broken. */
export class LineSocket {
  readonly #address: MailServerAddress;
  readonly #signal: AbortSignal;
  #socket: Socket;
  #buffer: Buffer = Buffer.alloc(0);
  #chunks: Buffer[] = [];
  #chunkBytes = 0;
  #broken: Error | undefined;
  #wake: () => void = () => undefined;
  readonly #onAbort = (): void => this.close();

  private constructor(address: MailServerAddress, socket: Socket, signal: AbortSignal) {
    this.#address = address;
    this.#socket = socket;
    this.#signal = signal;
    signal.addEventListener("abort", this.#onAbort, { once: true });
  }

  /** Connects, with TLS where it is implicit. @throws UNAVAILABLE */
  static async connect(address: MailServerAddress, signal: AbortSignal): Promise<LineSocket> {
    const { host, port, tls } = address;
    const socket =
      tls === "implicit"
        ? connectTls({ host, port, ...tlsOptions(address) })
        : connectPlain(port, host);
    const lines = new LineSocket(address, socket, signal);
    await lines.#opened(tls === "implicit" ? "secureConnect" : "connect");
    lines.#listen();
    return lines;
  }

  /** Goes on inside TLS. @throws UNAVAILABLE, also where the server has sent more than its consent */
  async startTls(): Promise<void> {
    const plain = this.#socket;
    plain.removeAllListeners("data");
    this.#gather();
    if (this.#buffer.length > 0)
      this.#break(new Error("it sent something ahead of the TLS handshake"));
    this.#throwIfBroken();
    this.#socket = connectTls({ socket: plain, ...tlsOptions(this.#address) });
    await this.#opened("secureConnect");
    this.#listen();
  }

  /** The next line, one octet a character, without its end. @throws UNAVAILABLE for a line past the bound */
  async readLine(maxBytes: number, silenceMs?: number): Promise<string> {
    let searched = 0;
    for (;;) {
      const end = this.#buffer.indexOf(10, searched);
      if (end > maxBytes || (end === -1 && this.#buffer.length > maxBytes))
        this.#break(new Error(`it sent a line of more than ${maxBytes} bytes`));
      if (end !== -1) {
        const line = this.#buffer.toString("latin1", 0, end);
        this.#buffer = this.#buffer.subarray(end + 1);
        return line.endsWith("\r") ? line.slice(0, -1) : line;
      }
      searched = this.#buffer.length;
      await this.#more(silenceMs);
    }
  }

  /** The next line with its end, or of a longer one the next so many octets: nothing that a mail holds is too long. */
  async readPart(maxBytes: number): Promise<Buffer> {
    let searched = 0;
    for (;;) {
      const end = this.#buffer.indexOf(10, searched) + 1;
      const length = end > 0 ? Math.min(end, maxBytes) : maxBytes;
      if (end > 0 || this.#buffer.length >= maxBytes) {
        const part = this.#buffer.subarray(0, length);
        this.#buffer = this.#buffer.subarray(length);
        return part;
      }
      searched = this.#buffer.length;
      await this.#more();
    }
  }

  /** The next so many octets, piece by piece. */
  async readBytes(count: number, use: (piece: Buffer) => Promise<void> | void): Promise<void> {
    const startedAt = performance.now();
    for (let left = count; left > 0;) {
      if (this.#buffer.length === 0) await this.#more();
      const piece = this.#buffer.subarray(0, left);
      this.#buffer = this.#buffer.subarray(piece.length);
      left -= piece.length;
      await use(piece);
      this.demandPace(startedAt, count - left);
    }
  }

  /** @throws UNAVAILABLE when so many octets since then are too few */
  demandPace(startedAt: number, bytes: number): void {
    const seconds = (performance.now() - startedAt - this.#address.timeoutMs) / 1000;
    if (seconds > 0 && bytes < seconds * minimumBytesPerSecond)
      this.#break(new Error(`it sent less than ${minimumBytesPerSecond} bytes a second`));
    this.#throwIfBroken();
  }

  /** Waits for something to read. @returns whether there is; `false` when the time is over or `interrupt` came */
  async waitForData(ms: number, interrupt: Promise<void>): Promise<boolean> {
    this.#gather();
    if (this.#buffer.length > 0) return true;
    let interrupted = false;
    const onInterrupt = (): void => {
      interrupted = true;
      this.#wake();
    };
    void interrupt.then(onInterrupt);
    const until = performance.now() + ms;
    while (!interrupted && this.#chunks.length === 0) {
      this.#throwIfBroken();
      const left = until - performance.now();
      if (left <= 0) return false;
      await this.#sleep(left);
    }
    return this.#chunks.length > 0;
  }

  /** Sends. */
  write(text: string): void {
    this.#throwIfBroken();
    this.#socket.write(text, "utf8");
  }

  /** Ends it at once; twice is no error. */
  close(): void {
    this.#broken ??= new Error("it was closed");
    this.#signal.removeEventListener("abort", this.#onAbort);
    this.#socket.destroy();
    this.#wake();
  }

  #listen(): void {
    this.#socket.setKeepAlive(true, 60_000);
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#chunkBytes += chunk.length;
      if (this.#chunkBytes > maxBufferedBytes) this.#socket.pause();
      this.#wake();
    });
    this.#socket.on("error", (error) => this.#end(error));
    this.#socket.on("close", () => this.#end(new Error("it closed the connection")));
  }

  async #opened(event: "connect" | "secureConnect"): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#wake = () => reject(this.#broken ?? new Error("it was closed"));
    const timer = setTimeout(() => reject(new Error("it did not answer")), this.#address.timeoutMs);
    this.#socket.once(event, resolve);
    this.#socket.on("error", reject);
    this.#socket.once("close", () => reject(new Error("it closed the connection")));
    if (this.#signal.aborted) this.close();
    try {
      await promise;
    } catch (error) {
      this.#broken ??= error as Error;
      this.close();
    } finally {
      clearTimeout(timer);
      this.#wake = () => undefined;
    }
    this.#throwIfBroken();
  }

  /** Waits until something was added to what is there. */
  async #more(silenceMs = this.#address.timeoutMs): Promise<void> {
    if (this.#chunks.length === 0) {
      this.#throwIfBroken();
      await this.#sleep(silenceMs);
    }
    if (this.#chunks.length === 0) this.#break(new Error(`it was silent for ${silenceMs} ms`));
    this.#gather();
  }

  #gather(): void {
    if (this.#chunks.length === 0) return;
    this.#buffer = Buffer.concat([this.#buffer, ...this.#chunks]);
    this.#chunks = [];
    this.#chunkBytes = 0;
    this.#socket.resume();
  }

  async #sleep(ms: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    this.#wake = resolve;
    try {
      await promise;
    } finally {
      clearTimeout(timer);
      this.#wake = () => undefined;
    }
  }

  #end(error: Error): void {
    this.#broken ??= error;
    this.#wake();
  }

  #break(error: Error): void {
    if (this.#broken !== undefined) return this.#throwIfBroken();
    this.#broken = error;
    this.close();
    this.#throwIfBroken();
  }

  #throwIfBroken(): void {
    if (this.#broken === undefined) return;
    const { host, port } = this.#address;
    const subject = `${host}:${port}`;
    throw new OutriderError(
      "UNAVAILABLE",
      `The mail server ${subject} is not to be had: ${this.#broken.message}.`,
      { subject, cause: this.#broken },
    );
  }
}

function tlsOptions({ serverName, host, ca }: MailServerAddress): ConnectionOptions {
  return {
    // The certificate is checked for this name, also where an IP address leaves no name to send.
    ...(serverName === undefined ? { host } : { servername: serverName }),
    ...(ca === undefined ? {} : { ca }),
    minVersion: "TLSv1.2",
  };
}
