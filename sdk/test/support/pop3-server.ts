/** A POP3 server of one mailbox on a random loopback port, as RFC 1939 has it, with a hook to make it misbehave. */
import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { headerOf, StoredFolder, type StoredMail } from "./mail-store.ts";

/** The server. */
export interface TestPop3Server {
  readonly port: number;
  readonly inbox: StoredFolder;
  /** Every command line. */
  readonly commands: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** How it behaves. */
export interface TestPop3ServerOptions {
  /** Default: all that the receiver makes use of; none at all: CAPA is refused. */
  readonly capabilities?: readonly string[];
  /** Answers instead of the server, or `cut` ends the connection. */
  readonly instead?: (command: string) => string | undefined;
}

/** Starts it. */
export async function startPop3Server(
  options: TestPop3ServerOptions = {},
): Promise<TestPop3Server> {
  const inbox = new StoredFolder();
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => undefined);
    converse(socket, inbox, commands, options);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    inbox,
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function converse(
  socket: Socket,
  inbox: StoredFolder,
  commands: string[],
  { capabilities = ["TOP", "UIDL", "PIPELINING"], instead }: TestPop3ServerOptions,
): void {
  const mails = [...inbox.mails];
  const deleted = new Set<StoredMail>();
  let input = "";
  const say = (text: string): void => void socket.write(`${text}\r\n`, "latin1");
  const content = (raw: Buffer): void => {
    const text = raw.toString("latin1").replaceAll(/^\./gm, "..");
    say(`+OK\r\n${text}${text.endsWith("\r\n") ? "" : "\r\n"}.`);
  };
  const obey = (command: string): void => {
    const [verb = "", first = ""] = command.split(" ");
    const mail = mails[Number(first) - 1];
    if (verb === "CAPA")
      return capabilities.length === 0
        ? say("-ERR what?")
        : say(`+OK\r\n${capabilities.join("\r\n")}\r\n.`);
    if (verb === "PASS" && first !== "secret") return say("-ERR [AUTH] wrong");
    if (verb === "UIDL")
      return say(
        ["+OK", ...mails.map(({ uid }, at) => `${at + 1} ${inbox.uidValidity}-${uid}`), "."].join(
          "\r\n",
        ),
      );
    if (verb === "TOP" && !capabilities.includes("TOP")) return say("-ERR what?");
    if (["LIST", "TOP", "RETR", "DELE"].includes(verb) && mail === undefined)
      return say("-ERR none");
    if (mail !== undefined && verb === "LIST") return say(`+OK ${first} ${mail.raw.length}`);
    if (mail !== undefined && verb === "TOP") return content(headerOf(mail.raw));
    if (mail !== undefined && verb === "RETR") return content(mail.raw);
    if (mail !== undefined && verb === "DELE") deleted.add(mail);
    if (verb === "QUIT") inbox.mails = inbox.mails.filter((each) => !deleted.has(each));
    say("+OK");
    if (verb === "QUIT") socket.end();
  };
  say("+OK ready");
  socket.on("data", (piece) => {
    input += piece.toString("latin1");
    for (let end = input.indexOf("\r\n"); end !== -1; end = input.indexOf("\r\n")) {
      const command = input.slice(0, end);
      input = input.slice(end + 2);
      commands.push(command);
      const words = instead?.(command);
      if (words === "cut") socket.destroy();
      else if (words === undefined) obey(command);
      else socket.write(words, "latin1");
    }
  });
}
