/**
 * Commands and responses of one IMAP connection (RFC 9051 2.2): one command at a time; what the server says of its own
 * accord is noted (`news`, BYE) whenever it says it; a large literal goes to whoever asked for it, never into memory.
 */
import { OutriderError } from "../../../../errors/index.ts";
import { LineSocket } from "../connection/line-socket.ts";
import type { MailServerAddress } from "../connection/mail-server.ts";
import { literalMark, parseResponse, type ImapResponse } from "./response.ts";

const maxLineBytes = 64 * 1024;
/** Literals of one response that are kept in memory. */
const maxLiteralBytes = 64 * 1024;
/** The whole answer to one command, but for mails: a list of two million of them. */
const maxAnswerBytes = 64 * 1024 * 1024;

/** How the answer to a command is taken. */
export interface CommandOptions {
  /** Called for everything that is not about the command's own end. */
  readonly onData?: (response: ImapResponse) => void;
  /** Takes the literals of `BODY[…]` as they come; elsewhere only small ones are borne. */
  readonly body?: (piece: Buffer) => Promise<void> | void;
  /** Answers the server's `+`. */
  readonly onContinue?: (text: string) => string;
  /** Longest silence of the server; default the connection's. */
  readonly silenceMs?: number;
}

/** How a command ended. */
export type CommandEnd = Extract<ImapResponse, { readonly kind: "done" }>;

/** The connection. */
export class ImapConnection {
  readonly #socket: LineSocket;
  readonly #subject: string;
  #commands = 0;
  #news = false;
  /** Bytes of all responses, without the mails. */
  #heard = 0;

  private constructor(socket: LineSocket, subject: string) {
    this.#socket = socket;
    this.#subject = subject;
  }

  /** Connects and reads the greeting. @throws UNAVAILABLE */
  static async open(
    address: MailServerAddress,
    signal: AbortSignal,
  ): Promise<{ connection: ImapConnection; greeting: ImapResponse }> {
    const socket = await LineSocket.connect(address, signal);
    const connection = new ImapConnection(socket, `${address.host}:${address.port}`);
    try {
      return { connection, greeting: await connection.#read({}) };
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Has the server spoken of new mail since this was last asked? */
  takeNews(): boolean {
    const news = this.#news;
    this.#news = false;
    return news;
  }

  /** Sends a command and reads its answer. @throws UNAVAILABLE if it was not done */
  async run(command: string, options: CommandOptions = {}): Promise<CommandEnd> {
    const end = await this.attempt(command, options);
    if (end.status === "OK") return end;
    throw this.#failed(
      `it answered ${end.status} to ${verbOf(command)}: ${JSON.stringify(end.text.slice(0, 200))}`,
    );
  }

  /** As `run`; a refusal is an answer too. @throws UNAVAILABLE */
  async attempt(command: string, options: CommandOptions = {}): Promise<CommandEnd> {
    const tag = `o${++this.#commands}`;
    this.#socket.write(`${tag} ${command}\r\n`);
    return this.#finish(tag, options);
  }

  /**
   * Waits with IDLE (RFC 2177) until there is news, `interrupt`, or the time is over.
   *
   * @throws UNAVAILABLE
   */
  async idle(ms: number, interrupt: Promise<void>): Promise<void> {
    const tag = `o${++this.#commands}`;
    this.#socket.write(`${tag} IDLE\r\n`);
    for (;;) {
      const response = await this.#read({});
      if (response.kind === "continue") break;
      if (response.kind === "done") throw this.#failed(`it refused IDLE: ${response.text}`);
    }
    const until = performance.now() + ms;
    while (!this.#news && (await this.#socket.waitForData(until - performance.now(), interrupt)))
      await this.#read({});
    this.#socket.write("DONE\r\n");
    await this.#finish(tag, { silenceMs: doneMs });
  }

  /** Goes on inside TLS. */
  async startTls(): Promise<void> {
    await this.run("STARTTLS");
    await this.#socket.startTls();
  }

  /** Ends it at once. */
  close(): void {
    this.#socket.close();
  }

  async #finish(tag: string, options: CommandOptions): Promise<CommandEnd> {
    const endsAt = this.#heard + maxAnswerBytes;
    for (;;) {
      const response = await this.#read(options);
      if (this.#heard > endsAt) throw this.#failed("its answer has no end");
      if (response.kind === "done") {
        if (response.tag === tag) return response;
        throw this.#failed("it answered to something that was not asked");
      }
      if (response.kind === "continue") {
        if (options.onContinue === undefined)
          throw this.#failed("it waits for something that was not promised");
        this.#socket.write(`${options.onContinue(response.text)}\r\n`);
      } else options.onData?.(response);
    }
  }

  async #read(options: CommandOptions): Promise<ImapResponse> {
    let text = "";
    const literals: string[] = [];
    let kept = 0;
    for (;;) {
      const line = await this.#socket.readLine(maxLineBytes, options.silenceMs);
      if (line.includes(literalMark)) throw this.#failed("it sent a NUL");
      text += line;
      this.#heard += line.length;
      if (text.length > maxLineBytes) throw this.#failed("it sent a response that is too long");
      const [marker, digits] = /\{(\d{1,10})\}$/.exec(line) ?? [];
      if (marker === undefined) break;
      text = text.slice(0, -marker.length);
      const size = Number(digits);
      if (options.body !== undefined && text.endsWith("] ")) {
        await this.#socket.readBytes(size, options.body);
        literals.push("");
      } else {
        kept += size;
        if (kept > maxLiteralBytes)
          throw this.#failed(`it sent ${kept} bytes that were not asked for`);
        this.#heard += size;
        literals.push(await this.#keep(size));
      }
      text += literalMark;
    }
    const response = parseResponse(text, literals);
    if (response === undefined) throw this.#failed("it sent something that is no IMAP");
    this.#note(response);
    return response;
  }

  async #keep(size: number): Promise<string> {
    let text = "";
    await this.#socket.readBytes(size, (piece) => void (text += piece.toString("latin1")));
    return text;
  }

  #note(response: ImapResponse): void {
    if (response.kind === "number" && response.name === "EXISTS") this.#news = true;
    if (response.kind === "status" && response.status === "BYE")
      throw this.#failed(`it said good-bye: ${JSON.stringify(response.text.slice(0, 200))}`);
  }

  #failed(what: string): OutriderError {
    this.close();
    return new OutriderError(
      "UNAVAILABLE",
      `The mail server ${this.#subject} is not to be had: ${what}.`,
      {
        subject: this.#subject,
      },
    );
  }
}

/** Longest wait for the end of IDLE. */
const doneMs = 15_000;

/** The command without its arguments, which may hold a password. */
function verbOf(command: string): string {
  return /^(UID )?[A-Z]+/.exec(command)?.[0] ?? "a command";
}
