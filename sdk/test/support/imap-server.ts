/**
 * An IMAP server of one mailbox on a random loopback port: as much of RFC 9051 as a receiver needs, literals where real
 * servers use them, and a hook by which a test makes it misbehave.
 */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { headerOf, StoredFolder, type StoredMail } from "./mail-store.ts";

/** The server. */
export interface TestImapServer {
  readonly port: number;
  readonly folders: ReadonlyMap<string, StoredFolder>;
  readonly inbox: StoredFolder;
  /** Every command line, without its tag. */
  readonly commands: readonly string[];
  /** Connections so far. */
  readonly connections: number;
  /** Cuts all connections. */
  cut(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** How it behaves. */
export interface TestImapServerOptions {
  /** Default: all that the receiver makes use of. */
  readonly capabilities?: readonly string[];
  readonly greeting?: string;
  readonly password?: string;
  /** Answers instead of the server (`TAG` stands for the tag), or `cut` ends the connection. */
  readonly instead?: (command: string) => string | undefined;
  /** Sent every 20 ms without having been asked. */
  readonly trickle?: () => string | undefined;
  /** Keeps quiet in IDLE. */
  readonly deaf?: boolean;
}

const everything = ["IMAP4rev1", "IDLE", "UIDPLUS", "MOVE", "SASL-IR", "AUTH=PLAIN"];

/** Starts it; INBOX and Junk are there. */
export async function startImapServer(
  options: TestImapServerOptions = {},
): Promise<TestImapServer> {
  const folders = new Map([
    ["INBOX", new StoredFolder()],
    ["Junk", new StoredFolder()],
  ]);
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    new Conversation(socket, folders, commands, options).begin();
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    folders,
    inbox: folders.get("INBOX") ?? new StoredFolder(),
    commands,
    get connections() {
      return connections;
    },
    cut() {
      for (const socket of sockets) socket.destroy();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

class Conversation {
  readonly #socket: Socket;
  readonly #folders: Map<string, StoredFolder>;
  readonly #commands: string[];
  readonly #options: TestImapServerOptions;
  #folder = new StoredFolder();
  #input = "";
  #idle: string | undefined;
  /** An AUTHENTICATE whose response comes in a line of its own. */
  #waiting: string | undefined;
  #watcher = (): void => undefined;

  constructor(
    socket: Socket,
    folders: Map<string, StoredFolder>,
    commands: string[],
    options: TestImapServerOptions,
  ) {
    this.#socket = socket;
    this.#folders = folders;
    this.#commands = commands;
    this.#options = options;
  }

  begin(): void {
    this.#socket.setNoDelay(true);
    this.#say(this.#options.greeting ?? "* OK ready");
    const trickling = setInterval(() => {
      const words = this.#options.trickle?.();
      if (words !== undefined && !this.#socket.destroyed) this.#socket.write(words);
    }, 20);
    this.#socket.on("close", () => {
      clearInterval(trickling);
      this.#folder.watchers.delete(this.#watcher);
    });
    this.#socket.on("data", (piece) => {
      this.#input += piece.toString("latin1");
      for (let end = this.#input.indexOf("\r\n"); end !== -1; end = this.#input.indexOf("\r\n")) {
        const line = this.#input.slice(0, end);
        this.#input = this.#input.slice(end + 2);
        this.#hear(line);
      }
    });
  }

  #hear(line: string): void {
    if (this.#idle !== undefined) {
      this.#commands.push(line);
      this.#say(`${this.#idle} OK idled`);
      this.#idle = undefined;
      return;
    }
    const [, tag = "", command = ""] = /^(\S+) (.*)$/.exec(`${this.#waiting ?? ""}${line}`) ?? [];
    this.#waiting = undefined;
    this.#commands.push(command);
    const instead = this.#options.instead?.(command);
    if (instead === "cut") this.#socket.destroy();
    else if (instead !== undefined) this.#socket.write(instead.replaceAll("TAG", tag), "latin1");
    else this.#obey(tag, command);
  }

  #obey(tag: string, command: string): void {
    const { capabilities = everything, password = "secret" } = this.#options;
    const [verb = "", ...words] = command.split(" ");
    if (verb === "CAPABILITY") this.#say(`* CAPABILITY ${capabilities.join(" ")}`);
    else if (verb === "AUTHENTICATE" && words.length === 1) {
      this.#waiting = `${tag} ${command} `;
      return this.#say("+ ");
    } else if (verb === "AUTHENTICATE" || verb === "LOGIN") {
      const given = Buffer.from(words[1] ?? "", "base64").toString();
      const plain =
        verb === "LOGIN" ? words[1] === `"${password}"` : given.endsWith(`\0${password}`);
      if (!plain) return this.#say(`${tag} NO [AUTHENTICATIONFAILED] wrong`);
    } else if (verb === "LIST") {
      for (const name of this.#folders.keys())
        this.#say(`* LIST (\\HasNoChildren${name === "Junk" ? " \\Junk" : ""}) "/" "${name}"`);
    } else if (verb === "SELECT") {
      const folder = this.#folders.get(words.join(" ").slice(1, -1));
      if (folder === undefined) return this.#say(`${tag} NO [NONEXISTENT] there is none`);
      this.#select(folder);
    } else if (verb === "CREATE")
      this.#folders.set(words.join(" ").slice(1, -1), new StoredFolder());
    else if (verb === "IDLE") {
      this.#idle = tag;
      return this.#say("+ idling");
    } else if (verb === "UID") return this.#uid(tag, words);
    this.#say(`${tag} OK done`);
  }

  #select(folder: StoredFolder): void {
    this.#folder.watchers.delete(this.#watcher);
    this.#folder = folder;
    this.#watcher = () => {
      if (this.#idle !== undefined && this.#options.deaf !== true)
        this.#say(`* ${folder.mails.length} EXISTS`);
    };
    folder.watchers.add(this.#watcher);
    this.#say("* FLAGS (\\Answered \\Seen)");
    this.#say(`* ${folder.mails.length} EXISTS`);
    this.#say(`* OK [UIDVALIDITY ${folder.uidValidity}] valid`);
    this.#say(`* OK [UIDNEXT ${folder.uidNext}] next`);
  }

  #uid(tag: string, [verb, set = "", ...words]: readonly string[]): void {
    const folder = this.#folder;
    const mails = within(folder.mails, set);
    const what = words.join(" ");
    this.#socket.cork();
    process.nextTick(() => this.#socket.uncork());
    if (verb === "FETCH") for (const mail of mails) this.#fetch(mail, what);
    if (verb === "STORE")
      for (const { flags } of mails) flags.add(what.replace(/.*\((.*)\)/, "$1"));
    if (verb === "EXPUNGE") folder.mails = folder.mails.filter((mail) => !mails.includes(mail));
    if (verb === "MOVE" || verb === "COPY") {
      const target = this.#folders.get(what.slice(1, -1));
      if (target === undefined) return this.#say(`${tag} NO [TRYCREATE] there is none`);
      target.deliver(...mails.map(({ raw }) => raw.toString("latin1")));
      if (verb === "MOVE") folder.mails = folder.mails.filter((mail) => !mails.includes(mail));
    }
    this.#say(`${tag} OK done`);
  }

  #fetch({ uid, raw }: StoredMail, what: string): void {
    const number = uid; // a receiver that goes by sequence numbers would be wrong
    const size = what.includes("RFC822.SIZE") ? ` RFC822.SIZE ${raw.length}` : "";
    const [, section] = /BODY\.PEEK\[(.*)\]/.exec(what) ?? [];
    if (section === undefined) return this.#say(`* ${number} FETCH (UID ${uid}${size})`);
    const header = headerOf(raw);
    const [, field] = /HEADER\.FIELDS \((.*)\)/.exec(section) ?? [];
    const content =
      section === "" ? raw : field === undefined ? header : Buffer.from(fieldOf(header, field));
    this.#socket.write(
      `* ${number} FETCH (UID ${uid}${size} BODY[${section}] {${content.length}}\r\n`,
    );
    this.#socket.write(content);
    this.#say(")");
  }

  #say(line: string): void {
    this.#socket.write(`${line}\r\n`, "latin1");
  }
}

function fieldOf(header: Buffer, name: string): string {
  const text = header.toString("latin1");
  const found = new RegExp(`^${name}:.*(\r\n[ \t].*)*\r\n`, "im").exec(text)?.[0] ?? "";
  return `${found}\r\n`;
}

/** `5`, `5:9` or `5:*`, which means the last one at least. */
function within(mails: readonly StoredMail[], set: string): StoredMail[] {
  const [from = "", to = from] = set.split(":");
  const last = mails.at(-1)?.uid ?? 0;
  const [a, b] = [from, to].map((each) => (each === "*" ? last : Number(each)));
  const [low, high] = [Math.min(a ?? 0, b ?? 0), Math.max(a ?? 0, b ?? 0)];
  return mails.filter(({ uid }) => uid >= low && uid <= high);
}
