/**
 * What the receiver does with a mailbox, over one connection: nothing here decides anything.
 *
 * Mail is named by its UID in the selected folder. Headers of foreign mail are asked for one field at a time; the
 * source of a mail is always fetched whole (BODY[]), because parts rebuilt by a server are not the octets that were
 * sent.
 */
import { createHash } from "node:crypto";
import type { MailServerAddress, MailLogin } from "../connection/mail-server.ts";
import type { MailInterest } from "../interest.ts";
import type { ImapConnection } from "./connection.ts";
import { encodeFolderName, quoted } from "./folder-name.ts";
import { logIn } from "./login.ts";
import { attributesOf, isList, numberOf, type ImapResponse, type ImapValue } from "./response.ts";

/** A selected folder. */
export interface SelectedFolder {
  /** With another value, all UIDs are others. */
  readonly uidValidity: number;
  /** UID of the next mail to arrive; not every server says it. */
  readonly uidNext: number | undefined;
}

/** What is known of a mail before it is fetched. */
export interface MailFacts {
  /** Octets, as far as the server knows. */
  readonly size: number;
  /** SHA-256 of its header. */
  readonly headerSha256: string;
}

/** The session; every method throws UNAVAILABLE when the connection breaks. */
export class ImapSession {
  readonly #connection: ImapConnection;
  readonly #capabilities: ReadonlySet<string>;

  private constructor(connection: ImapConnection, capabilities: ReadonlySet<string>) {
    this.#connection = connection;
    this.#capabilities = capabilities;
  }

  /** Connects and logs in. @throws UNAVAILABLE, LOGIN_REFUSED */
  static async open(
    address: MailServerAddress,
    login: MailLogin,
    signal: AbortSignal,
  ): Promise<ImapSession> {
    const { connection, capabilities } = await logIn(address, login, signal);
    return new ImapSession(connection, capabilities);
  }

  /** Can the server tell of new mail by itself? */
  get hasIdle(): boolean {
    return this.#capabilities.has("IDLE");
  }

  /** Name of the folder for spam, as the server writes it (RFC 6154). */
  async junkFolder(): Promise<string | undefined> {
    const found: { name: string; special: boolean }[] = [];
    await this.#connection.run('LIST "" "*"', {
      onData(response) {
        if (response.kind !== "data" || response.name !== "LIST") return;
        const [flags, , name] = response.values;
        if (typeof name !== "string" || !isList(flags)) return;
        const special = flags.some((flag) => typeof flag === "string" && /^\\junk$/i.test(flag));
        if (special || /^(.*[./])?(junk|spam)$/i.test(name)) found.push({ name, special });
      },
    });
    return (found.find(({ special }) => special) ?? found[0])?.name;
  }

  /** Opens a folder. */
  async select(folder: FolderName): Promise<SelectedFolder> {
    let uidValidity = 0;
    let uidNext: number | undefined;
    await this.#connection.run(`SELECT ${folder.encoded}`, {
      onData(response) {
        if (response.kind !== "status") return;
        const [, name, digits] = /^(UIDVALIDITY|UIDNEXT) (\d{1,10})$/.exec(response.code) ?? [];
        if (name === "UIDVALIDITY") uidValidity = Number(digits);
        if (name === "UIDNEXT") uidNext = Number(digits);
      },
    });
    this.#connection.takeNews(); // the count of what is there already
    return { uidValidity, uidNext };
  }

  /** UIDs from the first one on, ascending. */
  async uidsFrom(first: number): Promise<number[]> {
    const uids: number[] = [];
    await this.#connection.run(`UID FETCH ${first}:* (UID)`, {
      onData(response) {
        const uid = fetched(response)?.uid;
        // `first:*` means the last mail even where that is before the first (RFC 9051 9, seq-range).
        if (uid !== undefined && uid >= first) uids.push(uid);
      },
    });
    return [...new Set(uids)].toSorted((a, b) => a - b);
  }

  /** Which of these are to be fetched, as their header says (Fig. 4, step 82)? */
  async recognize(
    first: number,
    last: number,
    { fields, tells }: Pick<MailInterest, "fields" | "tells">,
  ): Promise<number[]> {
    const taken: number[] = [];
    let header = "";
    await this.#connection.run(
      `UID FETCH ${first}:${last} (UID BODY.PEEK[HEADER.FIELDS (${fields.join(" ")})])`,
      {
        body(piece) {
          if (header.length < maxFieldChars) header += piece.toString("latin1", 0, maxFieldChars);
        },
        onData(response) {
          const mail = fetched(response);
          if (mail === undefined) return;
          const lines = (header === "" ? mail.body : header).split(/\r?\n/);
          header = "";
          if (mail.uid >= first && mail.uid <= last && lines.some((line) => tells(line)))
            taken.push(mail.uid);
        },
      },
    );
    return taken;
  }

  /** Facts of one mail; `undefined` if it is not there any more. */
  async facts(uid: number): Promise<MailFacts | undefined> {
    let facts: MailFacts | undefined;
    let hash = createHash("sha256");
    await this.#connection.run(`UID FETCH ${uid} (UID RFC822.SIZE BODY.PEEK[HEADER])`, {
      body: (piece) => void hash.update(piece),
      onData(response) {
        const mail = fetched(response);
        const size = numberOf(mail?.attributes.get("RFC822.SIZE"));
        if (mail?.uid !== uid || size === undefined) return;
        facts = { size, headerSha256: hash.update(mail.body, "latin1").digest("hex") };
        hash = createHash("sha256");
      },
    });
    return facts;
  }

  /** Hands the source of a mail on, as it comes. @returns its octets; 0 if it is not there any more */
  async source(uid: number, write: (piece: Buffer) => Promise<void>): Promise<number> {
    let size = 0;
    let fault: { readonly error: unknown } | undefined;
    await this.#connection.run(`UID FETCH ${uid} (UID BODY.PEEK[])`, {
      // A disk that is full is no reason to lose the place in the conversation.
      async body(piece) {
        size += piece.length;
        if (fault !== undefined) return;
        try {
          await write(piece);
        } catch (error) {
          fault = { error };
        }
      },
    });
    if (fault !== undefined) throw fault.error;
    return size;
  }

  /** Marks a mail as seen. @returns whether the server did it */
  async mark(uid: number): Promise<boolean> {
    return this.#done(`UID STORE ${uid} +FLAGS.SILENT (\\Seen)`);
  }

  /** Moves a mail; the folder is made if there is none. @returns whether the server did it */
  async move(uid: number, folder: FolderName): Promise<boolean> {
    await this.mark(uid);
    const moves = this.#capabilities.has("MOVE"); // RFC 6851
    const command = `UID ${moves ? "MOVE" : "COPY"} ${uid} ${folder.encoded}`;
    let end = await this.#connection.attempt(command);
    if (end.status === "NO" && end.code === "TRYCREATE") {
      await this.#connection.attempt(`CREATE ${folder.encoded}`);
      end = await this.#connection.attempt(command);
    }
    return end.status === "OK" && (moves || (await this.delete(uid)));
  }

  /** Deletes one mail, and no other. @returns whether the server did it */
  async delete(uid: number): Promise<boolean> {
    if (!(await this.#done(`UID STORE ${uid} +FLAGS.SILENT (\\Deleted)`))) return false;
    // Without UIDPLUS (RFC 4315) there is only EXPUNGE, which takes what others have marked along.
    return !this.#capabilities.has("UIDPLUS") || this.#done(`UID EXPUNGE ${uid}`);
  }

  /** Asks for news where the server does not tell of it by itself. */
  async noop(): Promise<void> {
    await this.#connection.run("NOOP");
  }

  /** Waits for news, `interrupt`, or the end of the time. */
  async idle(ms: number, interrupt: Promise<void>): Promise<void> {
    await this.#connection.idle(ms, interrupt);
  }

  /** Has the server spoken of new mail since this was last asked? */
  takeNews(): boolean {
    return this.#connection.takeNews();
  }

  /** Ends it at once. */
  close(): void {
    this.#connection.close();
  }

  async #done(command: string): Promise<boolean> {
    return (await this.#connection.attempt(command)).status === "OK";
  }
}

/** A folder by the name that people use, and as it is written in a command. */
export interface FolderName {
  readonly name: string;
  readonly encoded: string;
}

/** A folder of the configuration. @throws CONFIG_INVALID */
export function folderNamed(name: string): FolderName {
  return { name, encoded: quoted(encodeFolderName(name)) };
}

/** A folder as the server named it. */
export function folderListed(name: string): FolderName {
  return { name, encoded: quoted(name) };
}

/** As much of the fields that tell is looked at. */
const maxFieldChars = 2048;

interface Fetched {
  readonly uid: number;
  readonly attributes: ReadonlyMap<string, ImapValue>;
  /** What came as text and not as a literal. */
  readonly body: string;
}

function fetched(response: ImapResponse): Fetched | undefined {
  if (response.kind !== "number" || response.name !== "FETCH") return undefined;
  const attributes = attributesOf(response.values);
  const uid = numberOf(attributes.get("UID"));
  if (uid === undefined) return undefined;
  const [, body] = [...attributes].find(([name]) => name.startsWith("BODY[")) ?? [];
  return { uid, attributes, body: typeof body === "string" ? body : "" };
}
