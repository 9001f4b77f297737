/** A real SMTP server on a random loopback port that delivers into real Maildirs, or refuses as it is told. */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdir, rename, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** What arrived. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
}

/** The server. */
export interface TestMailServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** Connections so far. */
  readonly connections: number;
  close(): Promise<void>;
}

/** How it behaves. */
export interface TestMailServerOptions {
  /** Deliver into `MAILDIRS/LOCAL/new`, with LF line ends, as mail systems do. */
  readonly maildirs?: string;
  /** Replies to RCPT: code and text for addresses that are not taken. */
  readonly refuse?: (
    address: string,
  ) => { readonly code: number; readonly text: string } | undefined;
  /** Reply after the final dot, if not 250. */
  readonly answer?: () => { readonly code: number; readonly text: string } | undefined;
  readonly server?: SMTPServerOptions;
}

/** Starts it. */
export async function startMailServer(
  options: TestMailServerOptions = {},
): Promise<TestMailServer> {
  const mails: ReceivedMail[] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    closeTimeout: 100, // whoever keeps a connection for later is not waited for
    logger: false,
    onConnect(_session, done) {
      connections++;
      done();
    },
    onRcptTo({ address }, _session, done) {
      done(replyError(options.refuse?.(address)));
    },
    onData(stream, session, done) {
      const pieces: Buffer[] = [];
      stream.on("data", (piece: Buffer) => pieces.push(piece));
      stream.on("end", () => {
        const to = session.envelope.rcptTo.map(({ address }) => address);
        const from = session.envelope.mailFrom === false ? "" : session.envelope.mailFrom.address;
        const mail = { from, to, raw: Buffer.concat(pieces) };
        const refusal = replyError(options.answer?.());
        if (refusal !== null) return done(refusal);
        mails.push(mail);
        void answerAfter(deliver(mail, options.maildirs), done);
      });
    },
    ...options.server,
  });
  server.on("error", () => undefined); // dropped connections are part of the tests
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    get connections() {
      return connections;
    },
    close,
    [Symbol.asyncDispose]: close,
  };

  async function close(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    server.close(resolve);
    await promise;
  }
}

/** Makes an empty Maildir. */
export async function makeMaildir(path: string): Promise<string> {
  for (const folder of ["new", "cur", "tmp"]) await mkdir(join(path, folder), { recursive: true });
  return path;
}

/** Puts a mail into a Maildir as a mail system does: whole, or not there yet. */
export async function putMail(path: string, name: string, mail: string): Promise<void> {
  await writeFile(join(path, "tmp", name), mail, "latin1");
  await rename(join(path, "tmp", name), join(path, "new", name));
}

async function deliver({ to, raw }: ReceivedMail, maildirs: string | undefined): Promise<void> {
  if (maildirs === undefined) return;
  const text = raw.toString("latin1").replaceAll("\r\n", "\n");
  for (const address of to) {
    const path = await makeMaildir(join(maildirs, address.split("@")[0] ?? ""));
    await putMail(path, `${Date.now()}.${randomUUID()}.test`, text);
  }
}

async function answerAfter(
  delivered: Promise<void>,
  done: (error?: Error | null, message?: string) => void,
): Promise<void> {
  try {
    await delivered;
  } catch (error) {
    return done(error as Error);
  }
  return done(null, "kept");
}

function replyError(
  reply: { readonly code: number; readonly text: string } | undefined,
): Error | null {
  if (reply === undefined) return null;
  return Object.assign(new Error(reply.text), { responseCode: reply.code });
}
