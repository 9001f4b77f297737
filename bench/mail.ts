/**
 * Messages per second of our sender against bare nodemailer, taking turns: the same pool, the same recipients, the same
 * octets. Ours builds and PGP/MIME-signs the content once for the batch, gives every mail its own header and Message-ID,
 * keeps books of every recipient and demands the envelope it meant. nodemailer composes a mail with the same words and
 * attachment for each recipient, unsigned; or it is handed one finished mail for all. The relay throws everything away.
 *
 *     node bench/mail.ts [--rounds 5] [--messages 600]
 */
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { emailSender } from "../sdk/src/transports/email/sender/index.ts";
import { barePool } from "../sdk/test/support/bare-pool.ts";
import { testDelivery } from "../sdk/test/support/delivery.ts";
import { testCertificate } from "../sdk/test/support/keys.ts";
import { startMailServer } from "../sdk/test/support/mail.ts";
import { compare } from "./table/row.ts";

const connections = 5;
const document = "x".repeat(20_000);
const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    messages: { type: "string", default: "600" },
  },
});
const messages = Number(values.messages);
const sink = new Worker(new URL("./mail/sink.ts", import.meta.url));
const [sinkPort] = (await once(sink, "message")) as [number];
const { source } = await testCertificate("server");
for (const recipients of [1, 50]) await send(recipients);
await sink.terminate();

async function send(recipients: number): Promise<void> {
  const addresses = Array.from({ length: messages * recipients }, (_, at) => `a${at}@site.test`);
  const raw = await oneMail(source);
  const rounds: { ours: number; composed: number; finished: number }[] = [];
  for (let round = 0; round <= Number(values.rounds); round++) {
    const composed = await byNodemailer(sinkPort, undefined, addresses, recipients);
    const finished = await byNodemailer(sinkPort, raw, addresses, recipients);
    const ours = await byUs(sinkPort, source, addresses, recipients);
    rounds.push({
      ours: messages / ours,
      composed: messages / composed,
      finished: messages / finished,
    });
  }
  rounds.shift(); // warmed all up
  const each = recipients === 1 ? "one recipient" : `${recipients} recipients`;
  const what = `signed mails of 30 KB sent, ${each} each`;
  compare(
    { what, unit: "a second", peer: "nodemailer, composing unsigned ones" },
    rounds.map(({ ours, composed }) => ({ ours, theirs: composed })),
  );
  compare(
    {
      what,
      unit: "a second",
      peer: "nodemailer, handed the finished octets",
      aim: { atLeast: 0.9 },
    },
    rounds.map(({ ours, finished }) => ({ ours, theirs: finished })),
  );
}

type Key = Awaited<ReturnType<typeof testCertificate>>["source"];

async function byUs(
  port: number,
  serverKey: Key,
  addresses: readonly string[],
  maxRecipients: number,
): Promise<number> {
  const relays = [{ host: "127.0.0.1", port, tls: "none", maxConnections: connections } as const];
  const sender = emailSender({ from: "updates@vendor.test", relays, serverKey, maxRecipients });
  const started = performance.now();
  const outcomes = await sender.send(testDelivery(addresses, { text: document }));
  const seconds = (performance.now() - started) / 1000;
  await sender.close();
  if (outcomes.some(({ outcome }) => outcome !== "accepted")) throw new Error("not accepted");
  return seconds;
}

async function byNodemailer(
  port: number,
  raw: Buffer | undefined,
  addresses: readonly string[],
  recipients: number,
): Promise<number> {
  const pool = barePool(port, connections);
  const started = performance.now();
  const sending: Promise<unknown>[] = [];
  for (let at = 0; at < addresses.length; at += recipients)
    sending.push(
      raw === undefined
        ? pool.compose(document, addresses.slice(at, at + recipients).join(", "))
        : pool.send(raw, addresses.slice(at, at + recipients)),
    );
  await Promise.all(sending);
  const seconds = (performance.now() - started) / 1000;
  pool.close();
  return seconds;
}

/** A mail of ours as it arrives: what nodemailer is handed. */
async function oneMail(serverKey: Key): Promise<Buffer> {
  const server = await startMailServer();
  const relays = [{ host: "127.0.0.1", port: server.port, tls: "none" } as const];
  const sender = emailSender({ from: "updates@vendor.test", relays, serverKey });
  await sender.send(testDelivery([`${randomUUID()}@site.test`], { text: document }));
  await sender.close();
  await server.close();
  return server.mails[0]?.raw ?? Buffer.alloc(0);
}
