/** A mail server on loopback: takes mail by SMTP and puts it into one Maildir per recipient. */
import { createWriteStream } from "node:fs";
import { copyFile, mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { callbackify } from "node:util";
import { SMTPServer } from "smtp-server";

/** A running mail server. */
export interface MailServer {
  readonly port: number;
  /** Where a recipient's mail lies. */
  readonly maildirOf: (address: string) => string;
  /** Makes a mailbox, and says where it lies. */
  readonly createMailbox: (address: string) => Promise<string>;
  close(): Promise<void>;
}

/** Starts it on any free port. Mail for an address in another domain is refused. */
export async function startMailServer(folder: string, domain: string): Promise<MailServer> {
  const maildirOf = (address: string): string =>
    join(folder, address.split("@", 1)[0] ?? "nobody", "Maildir");
  let count = 0;
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    closeTimeout: 100, // milliseconds for those who keep a connection for later
    onRcptTo({ address }, _session, callback) {
      callback(
        address.endsWith(`@${domain}`) ? null : new Error("550 5.7.1 this server relays nothing"),
      );
    },
    onData(stream, session, callback) {
      const name = `${Date.now()}.${process.pid}_${++count}.demo`;
      const incoming = join(folder, `${name}.incoming`);
      const deliver = async (): Promise<void> => {
        await pipeline(stream, createWriteStream(incoming, { mode: 0o600 }));
        for (const { address } of session.envelope.rcptTo)
          await deliverTo(maildirOf(address), incoming, name);
        await rm(incoming);
      };
      callbackify(deliver)((error) => callback(error, "2.0.0 delivered"));
    },
  });
  await mkdir(folder, { recursive: true });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => resolve());
  });
  const address = server.server.address();
  if (typeof address !== "object" || address === null)
    throw new Error("the mail server has no port");
  return {
    port: address.port,
    maildirOf,
    createMailbox: (address) => createMaildir(maildirOf(address)),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function createMaildir(path: string): Promise<string> {
  for (const part of ["tmp", "new", "cur"])
    await mkdir(join(path, part), { recursive: true, mode: 0o700 });
  return path;
}

/** As Maildir asks: whole in tmp/, then renamed into new/. */
async function deliverTo(maildir: string, message: string, name: string): Promise<void> {
  await createMaildir(maildir);
  await copyFile(message, join(maildir, "tmp", name));
  await rename(join(maildir, "tmp", name), join(maildir, "new", name));
}
