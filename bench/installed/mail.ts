/** By mail, against a plain mail's way from nodemailer to a bare IMAP connection in IDLE, through the same Postfix and Dovecot. */
import { once } from "node:events";
import { connect, type TLSSocket } from "node:tls";
import { Workshop } from "../../sdk/test/cli/support/workshop.ts";
import { deliverTo } from "../../sdk/test/servers/deliver.ts";
import { startMailSystem, type MailSystem } from "../../sdk/test/servers/mail-system.ts";
import { compare, missing, type Round } from "../table/row.ts";
import { startFleet } from "./fleet.ts";

/** Measures it. */
export async function byMail(pushes: number): Promise<void> {
  await using system = await startMailSystem();
  if (system === undefined)
    return missing("installed by mail: Postfix and Dovecot, or root, not here");
  await using workshop = await Workshop.open();
  await workshop.write("ca.pem", system.ca);
  await workshop.write("password", `${system.password}\n`);
  const user = "agent@customer.test";
  const mailbox = { host: "localhost", passwordFile: "password", caFile: "ca.pem", user } as const;
  const relays = [{ host: "127.0.0.1", port: system.ports.smtp, tls: "none" as const }];
  const fleet = await startFleet(workshop, {
    server: { transports: { email: { from: "updates@vendor.test", relays } } },
    addresses: { email: user },
    agent: { receivers: [{ kind: "imap", port: system.ports.imaps, ...mailbox }] },
  });
  const bare = await idle(system, "plain@customer.test");
  const rounds: Round[] = [];
  for (let push = 0; push < pushes; push++)
    rounds.push({ ours: (await fleet.push()).ms, theirs: await bare.arrival() });
  bare.close();
  const what = "trigger accepted → installed by mail, Postfix, Dovecot, IDLE";
  compare({ what, unit: "ms", peer: "a plain mail, nodemailer to IDLE" }, rounds);
}

interface Bare {
  /** Milliseconds of a mail's way. */
  arrival(): Promise<number>;
  close(): void;
}

async function idle(system: MailSystem, user: string): Promise<Bare> {
  const mail = `From: updates@vendor.test\nTo: ${user}\nSubject: plain\n\nhello\n`;
  await deliverTo(system, user, mail); // the mailbox is there with its first mail
  const socket = connect({ host: "localhost", port: system.ports.imaps, ca: system.ca });
  await heard(socket, /\* OK/);
  for (const [tag, line, answer] of [
    ["a", `LOGIN ${user} ${system.password}`, /a OK/],
    ["b", "SELECT INBOX", /b OK/],
    ["c", "IDLE", /\+ /],
  ] as const) {
    const answered = heard(socket, answer);
    socket.write(`${tag} ${line}\r\n`);
    await answered;
  }
  return {
    async arrival() {
      const exists = heard(socket, /EXISTS/);
      const started = performance.now();
      await deliverTo(system, user, mail);
      await exists;
      return performance.now() - started;
    },
    close: () => socket.destroy(),
  };
}

async function heard(socket: TLSSocket, answer: RegExp): Promise<void> {
  for (let text = ""; !answer.test(text);) {
    const [piece] = (await once(socket, "data")) as [Buffer];
    text += piece.toString("latin1");
  }
}
