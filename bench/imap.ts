/**
 * A mailbox of other people's mail at Dovecot, looked through once: by IMAP against Python's imaplib, which asks for the
 * same header field of every mail, taking turns; then by POP3 and as a Maildir.
 *
 *     node bench/imap.ts [--mails 20000] [--rounds 3]
 */
import { execFileSync } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Receiver } from "../sdk/src/transport/index.ts";
import {
  imapReceiver,
  maildirReceiver,
  pop3Receiver,
} from "../sdk/src/transports/email/receiver/index.ts";
import { placeMails } from "../sdk/test/servers/deliver.ts";
import { startMailSystem, type MailSystem } from "../sdk/test/servers/mail-system.ts";
import { testFolder } from "../sdk/test/support/archives.ts";
import { mixedMail, notificationPart } from "../sdk/test/support/mime.ts";
import { measure, megabytes } from "./reading/memory.ts";
import { compare, figure, missing, type Round } from "./table/row.ts";

const { values } = parseArgs({
  options: {
    mails: { type: "string", default: "20000" },
    rounds: { type: "string", default: "3" },
  },
});
const count = Number(values.mails);
const user = "bench@customer.test";
const of = `${count.toLocaleString("en")} mails of others`;
await using folder = await testFolder();
const system = await startMailSystem();
if (system === undefined) missing("imap: Postfix and Dovecot, or root, not here");
else
  try {
    await scan(system);
  } finally {
    await system[Symbol.asyncDispose]();
  }

async function scan(mails: MailSystem): Promise<void> {
  const foreign = Array.from(
    { length: count },
    (_, at) => `From: a@b.test\nTo: c@d.test\nSubject: ${at}\n\nhello\n`,
  );
  await placeMails(mails, user, [...foreign, mixedMail(notificationPart)]);
  const server = { host: "localhost", ca: mails.ca, login: { user, password: mails.password } };
  const { imaps, pop3s } = mails.ports;
  let spools = 0;
  const spool = (): string => folder.at(`spool-${++spools}`);
  const imap = (): Receiver =>
    imapReceiver({ server: { ...server, port: imaps }, spoolDirectory: spool() });
  // First, because Dovecot takes mail out of "new".
  const path = mails.maildirOf(user);
  await show("Maildir", maildirReceiver({ path, spoolDirectory: spool() }));
  await show("IMAP, while Dovecot makes its index", imap());
  const rounds: Round[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    const { ms } = await measure(() => untilFirst(imap()));
    rounds.push({ ours: rate(ms), theirs: rate((await measure(() => byPython(mails))).ms) });
  }
  compare(
    { what: `${of} looked through by IMAP`, unit: "a second", peer: "Python's imaplib" },
    rounds,
  );
  await show("POP3", pop3Receiver({ server: { ...server, port: pop3s }, spoolDirectory: spool() }));
}

async function show(way: string, receiver: Receiver): Promise<void> {
  const { ms, bytes } = await measure(() => untilFirst(receiver));
  const speed = Math.round(rate(ms)).toLocaleString("en");
  figure(`${of} looked through, ${way}`, `${speed} a second, ${megabytes(bytes)} MB more`);
}

/** Fails unless it finds ours. */
async function byPython({ ca, ports, password }: MailSystem): Promise<void> {
  const authority = folder.at("ca.pem");
  await writeFile(authority, ca);
  const input = [ports.imaps, authority, user, password].join("\n");
  execFileSync("python3", [join(import.meta.dirname, "imap/peer.py")], { input });
}

/** Our mail is the last. */
async function untilFirst(receiver: Receiver): Promise<void> {
  const stop = new AbortController();
  for await (const incoming of receiver.receive({ signal: stop.signal })) {
    await incoming.settle("ignored");
    stop.abort();
  }
}

/** Mails a second. */
function rate(ms: number): number {
  return (count * 1000) / ms;
}
