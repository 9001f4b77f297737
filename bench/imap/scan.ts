/** Part of `bench/imap.ts`: a mailbox of other people's mail, looked through once. */
import { join } from "node:path";
import type { Receiver } from "../../sdk/src/transport/index.ts";
import {
  imapReceiver,
  maildirReceiver,
  pop3Receiver,
} from "../../sdk/src/transports/email/receiver/index.ts";
import { placeMails } from "../../sdk/test/servers/deliver.ts";
import { startMailSystem } from "../../sdk/test/servers/mail-system.ts";
import { testFolder } from "../../sdk/test/support/archives.ts";
import { mixedMail, notificationPart } from "../../sdk/test/support/mime.ts";
import { measure, megabytes, row } from "./memory.ts";

const count = Number(process.argv[2] ?? "50000");
const foreign = Array.from(
  { length: count },
  (_, at) => `From: a@b.test\nTo: c@d.test\nSubject: ${at}\n\nhello\n`,
);

async function untilFirst(receiver: Receiver): Promise<void> {
  const stop = new AbortController();
  for await (const incoming of receiver.receive({ signal: stop.signal })) {
    await incoming.settle("ignored");
    stop.abort();
  }
}

const system = await startMailSystem();
if (system !== undefined)
  try {
    await using folder = await testFolder();
    const user = "bench@customer.test";
    await placeMails(system, user, [...foreign, mixedMail(notificationPart)]);
    const server = { host: "localhost", ca: system.ca, login: { user, password: system.password } };
    const { imaps, pop3s } = system.ports;
    const ways: readonly (readonly [string, (spoolDirectory: string) => Receiver])[] = [
      // First, because Dovecot takes mail out of "new".
      [
        "Maildir",
        (spoolDirectory) => {
          const path = system.maildirOf(user);
          return maildirReceiver({ path, spoolDirectory });
        },
      ],
      [
        "IMAP, first look (Dovecot makes its index)",
        (spoolDirectory) => imapReceiver({ server: { ...server, port: imaps }, spoolDirectory }),
      ],
      [
        "IMAP",
        (spoolDirectory) => imapReceiver({ server: { ...server, port: imaps }, spoolDirectory }),
      ],
      [
        "POP3",
        (spoolDirectory) => pop3Receiver({ server: { ...server, port: pop3s }, spoolDirectory }),
      ],
    ];
    row(`${count} mails of others`, "seconds", "mails/s", "CPU s", "MB more");
    for (const [at, [name, receiver]] of ways.entries()) {
      const cpu = process.cpuUsage();
      const { ms, bytes } = await measure(() =>
        untilFirst(receiver(join(folder.path, String(at)))),
      );
      const { user: userUs, system: systemUs } = process.cpuUsage(cpu);
      row(
        name,
        (ms / 1000).toFixed(1),
        Math.round((count * 1000) / ms).toLocaleString("en"),
        ((userUs + systemUs) / 1e6).toFixed(1),
        megabytes(bytes),
      );
    }
  } finally {
    await system[Symbol.asyncDispose]();
  }
