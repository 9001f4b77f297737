/**
 * One POP3 session (RFC 1939; RFC 2449 for CAPA, RFC 2595 for STLS): list, look at headers, fetch, delete, quit. The
 * server keeps everybody else out of the mailbox meanwhile, so a session is short, and deletes only when it quits.
 */
import { createHash } from "node:crypto";
import { OutriderError } from "../../../../errors/index.ts";
import { LineSocket } from "../connection/line-socket.ts";
import { secretOf, type MailServerAddress, type PasswordLogin } from "../connection/mail-server.ts";
import type { MailInterest } from "../interest.ts";

const maxLineBytes = 4096; // RFC 1939 3 allows 512
const maxPartBytes = 16 * 1024;
/** Mails in one mailbox. */
const maxListed = 1_000_000;
const maxCapabilities = 1000;
const flushBytes = 64 * 1024;

/** A mail in the list; numbers hold for this session, names (UIDL) for ever. */
export interface ListedMail {
  readonly number: number;
  readonly name: string;
}

/** The session; every method throws UNAVAILABLE when the connection breaks or the server refuses. */
export class Pop3Session {
  readonly #socket: LineSocket;
  readonly #subject: string;
  readonly #capabilities = new Set<string>();

  private constructor(socket: LineSocket, subject: string) {
    this.#socket = socket;
    this.#subject = subject;
  }

  /** Connects and logs in. @throws UNAVAILABLE, LOGIN_REFUSED */
  static async open(
    address: MailServerAddress,
    login: PasswordLogin,
    signal: AbortSignal,
  ): Promise<Pop3Session> {
    const socket = await LineSocket.connect(address, signal);
    const session = new Pop3Session(socket, `${address.host}:${address.port}`);
    try {
      await session.#expect("the greeting");
      if (address.tls === "starttls") {
        await session.#run("STLS");
        await socket.startTls();
      }
      await session.#askCapabilities();
      await session.#logIn(login);
      return session;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  /** Everything in the mailbox, in the order of its arrival. */
  async list(): Promise<ListedMail[]> {
    await this.#run("UIDL");
    const mails: ListedMail[] = [];
    for (;;) {
      const line = await this.#socket.readLine(maxLineBytes);
      if (line === ".") return mails;
      const [, number, name] = /^(\d{1,10}) ([\u0021-\u007e]{1,70})$/.exec(line) ?? [];
      if (name === undefined) throw this.#failed("it sent something that is no list of mails");
      if (mails.length === maxListed) throw this.#failed("its list of mails has no end");
      mails.push({ number: Number(number), name });
    }
  }

  /** Which of these say that they are ours (Fig. 4, step 82)? Asked for all at once where the server bears it. */
  async recognize(
    mails: readonly ListedMail[],
    { tells }: Pick<MailInterest, "tells">,
  ): Promise<ListedMail[]> {
    const atOnce = this.#capabilities.has("PIPELINING") ? 50 : 1;
    const ours: ListedMail[] = [];
    for (let at = 0; at < mails.length; at += atOnce) {
      const batch = mails.slice(at, at + atOnce);
      this.#socket.write(batch.map(({ number }) => `TOP ${number} 0\r\n`).join(""));
      for (const mail of batch) {
        // Without TOP the whole mail has to be fetched to see what it is.
        const isThere = (await this.#answer()) === undefined;
        if (!isThere || (await this.#headerTells(tells))) ours.push(mail);
      }
    }
    return ours;
  }

  /** Octets of a mail, as far as the server knows. */
  async size({ number }: ListedMail): Promise<number> {
    const text = await this.#run(`LIST ${number}`);
    return Number(/^\d+ (\d{1,15})/.exec(text)?.[1] ?? 0);
  }

  /** Hands the source of a mail on as it comes. @returns SHA-256 of its header */
  async source({ number }: ListedMail, write: (piece: Buffer) => Promise<void>): Promise<string> {
    await this.#run(`RETR ${number}`);
    const hash = createHash("sha256");
    let inHeader = true;
    let waiting: Buffer[] = [];
    let bytes = 0;
    let fault: { readonly error: unknown } | undefined;
    const flush = async (): Promise<void> => {
      const piece = Buffer.concat(waiting);
      waiting = [];
      bytes = 0;
      try {
        if (fault === undefined) await write(piece);
      } catch (error) {
        fault = { error }; // the rest still has to pass by
      }
    };
    await this.#readContent(async (part, isLine) => {
      if (inHeader && isLine && isEmptyLine(part)) inHeader = false;
      if (inHeader) hash.update(part);
      waiting.push(part);
      bytes += part.length;
      if (bytes >= flushBytes) await flush();
    });
    await flush();
    if (fault !== undefined) throw fault.error;
    return hash.digest("hex");
  }

  /** Deletes when the session quits. */
  async delete({ number }: ListedMail): Promise<void> {
    await this.#run(`DELE ${number}`);
  }

  /** Ends it in order: only now is anything deleted. */
  async quit(): Promise<void> {
    await this.#run("QUIT");
    this.close();
  }

  /** Ends it at once; nothing is deleted. */
  close(): void {
    this.#socket.close();
  }

  async #askCapabilities(): Promise<void> {
    this.#socket.write("CAPA\r\n");
    if ((await this.#answer()) !== undefined) return; // an old server: only what RFC 1939 has
    for (let count = 0; ; count++) {
      const line = await this.#socket.readLine(maxLineBytes);
      if (line === ".") return;
      if (count === maxCapabilities) throw this.#failed("its list of capabilities has no end");
      this.#capabilities.add((line.split(" ")[0] ?? "").toUpperCase());
    }
  }

  async #logIn({ user, password }: PasswordLogin): Promise<void> {
    const secret = await secretOf(password);
    if (/[\r\n\0]/.test(user + secret))
      throw new OutriderError("CONFIG_INVALID", "A user name or password has a line end in it.");
    for (const command of [`USER ${user}`, `PASS ${secret}`]) {
      this.#socket.write(`${command}\r\n`);
      const refusal = await this.#answer();
      // RFC 2449 8.1.1, RFC 3206 4: the login may be right; somebody else reads, or the server is in trouble.
      if (refusal !== undefined && /^\[(IN-USE|LOGIN-DELAY|SYS\/TEMP)\]/i.test(this.#text))
        throw this.#failed(`it answered ${refusal} to the login`);
      if (refusal !== undefined)
        throw new OutriderError(
          "LOGIN_REFUSED",
          `The mail server ${this.#subject} refuses the login of ${JSON.stringify(user)}: ${refusal}.`,
          { subject: this.#subject },
        );
    }
  }

  async #headerTells(tells: MailInterest["tells"]): Promise<boolean> {
    let isTaken = false;
    await this.#readContent((part, isLine) => {
      isTaken ||= isLine && tells(part.toString("latin1"));
    });
    return isTaken;
  }

  /** Content up to the line of one dot; dots that were put before are taken away (RFC 1939 3). */
  async #readContent(
    use: (part: Buffer, isLineStart: boolean) => Promise<void> | void,
  ): Promise<void> {
    const startedAt = performance.now();
    let bytes = 0;
    for (let isLineStart = true; ;) {
      let part = await this.#socket.readPart(maxPartBytes);
      bytes += part.length;
      this.#socket.demandPace(startedAt, bytes);
      if (isLineStart && part[0] === dot) {
        if (isEmptyLine(part.subarray(1))) return;
        part = part.subarray(1);
      }
      await use(part, isLineStart);
      isLineStart = part.at(-1) === lineFeed;
    }
  }

  async #run(command: string): Promise<string> {
    this.#socket.write(`${command}\r\n`);
    return this.#expect(command.split(" ")[0] ?? command);
  }

  #text = "";

  async #expect(what: string): Promise<string> {
    const refusal = await this.#answer();
    if (refusal !== undefined) throw this.#failed(`it answered ${refusal} to ${what}`);
    return this.#text;
  }

  /** Reads the first line of an answer. @returns the server's words for a refusal, else `undefined` */
  async #answer(): Promise<string | undefined> {
    const line = await this.#socket.readLine(maxLineBytes);
    const [, status, text = ""] = /^(\+OK|-ERR)(?: (.*))?$/i.exec(line) ?? [];
    if (status === undefined) throw this.#failed("it sent something that is no POP3");
    this.#text = text;
    return status.startsWith("+") ? undefined : JSON.stringify(text.slice(0, 200));
  }

  #failed(what: string): OutriderError {
    this.close();
    return new OutriderError(
      "UNAVAILABLE",
      `The mail server ${this.#subject} is not to be had: ${what}.`,
      { subject: this.#subject },
    );
  }
}

const dot = 0x2e;
const lineFeed = 0x0a;

function isEmptyLine(part: Buffer): boolean {
  return part.equals(crlf) || part.equals(lf);
}

const crlf = Buffer.from("\r\n");
const lf = Buffer.from("\n");
