/**
 * The agent's mail in figures: messages of others looked through per second (IMAP and POP3 at Dovecot, a Maildir), how long
 * and with how much memory a mail is read at each limit, and how long a push takes through Postfix and Dovecot to an agent
 * that waits in IDLE.
 *
 *     node bench/imap.ts [--mails 50000] [--only scan,read,push]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: {
    mails: { type: "string", default: "50000" },
    only: { type: "string", default: "scan,read,push" },
  },
});

// Each in a process of its own: one's memory and warmth are not the other's.
for (const part of values.only.split(",")) {
  const worker = join(import.meta.dirname, "imap", `${part}.ts`);
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--disable-warning=ExperimentalWarning", worker, values.mails],
    { stdio: ["ignore", "inherit", "inherit"] },
  );
  const [code] = (await once(child, "close")) as [number];
  if (code !== 0) process.exitCode = 1;
}
