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
import { createServer, type Socket } from "node:net";
import { parseArgs } from "node:util";
import { Worker, isMainThread, parentPort } from "node:worker_threads";
import { emailSender } from "../sdk/src/transports/email/sender/index.ts";
import { barePool } from "../sdk/test/support/bare-pool.ts";
import { testDelivery } from "../sdk/test/support/delivery.ts";
import { testCertificate } from "../sdk/test/support/keys.ts";
import { startMailServer } from "../sdk/test/support/mail.ts";
import { tellRatio } from "./ratio.ts";

const connections = 5;
const document = "x".repeat(20_000);

if (isMainThread) await main();
else relay();

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "5" },
      messages: { type: "string", default: "600" },
    },
  });
  const messages = Number(values.messages);
  const sink = new Worker(new URL(import.meta.url));
  const [port] = (await once(sink, "message")) as [number];
  const { source } = await testCertificate("server");
  const rows: string[][] = [];
  for (const recipients of [1, 50]) {
    const addresses = Array.from({ length: messages * recipients }, (_, at) => `a${at}@site.test`);
    const raw = await oneMail(source);
    const rounds: { ours: number; theirs: number; finished: number }[] = [];
    for (let round = 0; round <= Number(values.rounds); round++) {
      const theirs = await byNodemailer(port, undefined, addresses, recipients);
      const finished = await byNodemailer(port, raw, addresses, recipients);
      const ours = await byUs(port, source, addresses, recipients);
      // The first round warms both up.
      if (round > 0)
        rounds.push({
          ours: messages / ours,
          theirs: messages / theirs,
          finished: messages / finished,
        });
    }
    const median = (pick: (round: (typeof rounds)[0]) => number): number =>
      rounds.map(pick).toSorted((a, b) => a - b)[Math.floor(rounds.length / 2)] ?? NaN;
    tellRatio({
      what: `signed mails of 30 KB sent, ${recipients} recipients each, mails a second`,
      peer: "nodemailer, unsigned",
      ratio: median(({ ours, theirs }) => ours / theirs),
      aim: ">= 0.90",
    });
    rows.push([
      `${recipients} recipients each`,
      `${median(({ ours }) => ours).toFixed(0)}/s`,
      `${median(({ theirs }) => theirs).toFixed(0)}/s`,
      median(({ ours, theirs }) => ours / theirs).toFixed(2),
      `${median(({ finished }) => finished).toFixed(0)}/s`,
      median(({ ours, finished }) => ours / finished).toFixed(2),
    ]);
  }
  say([
    `${messages} mails of 30 KB`,
    "ours, signed",
    "nodemailer",
    "ratio",
    "handed one mail",
    "ratio",
  ]);
  for (const row of rows) say(row);
  say(["aim", "", "", ">= 0.90"]);
  await sink.terminate();
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

/** The least that a relay has to say; mails are thrown away. */
function relay(): void {
  const server = createServer((socket: Socket) => {
    let isData = false;
    let rest = "";
    socket.setNoDelay(true).on("error", () => undefined);
    socket.write("220 sink ESMTP\r\n");
    socket.on("data", (bytes) => {
      if (isData) {
        rest = (rest + bytes.toString("latin1")).slice(-5);
        if (rest !== "\r\n.\r\n") return;
        isData = false;
        rest = "";
        socket.write("250 thrown away\r\n");
        return;
      }
      const lines = (rest + bytes.toString("latin1")).split("\r\n");
      rest = lines.pop() ?? "";
      for (const line of lines) {
        isData = line === "DATA";
        if (line === "QUIT") socket.end("221 bye\r\n");
        else if (line.startsWith("EHLO")) socket.write("250-sink\r\n250 PIPELINING\r\n");
        else socket.write(isData ? "354 go\r\n" : "250 ok\r\n");
      }
    });
  });
  server.listen(0, "127.0.0.1", () => {
    const address = server.address();
    parentPort?.postMessage(typeof address === "object" ? address?.port : 0);
  });
}

function say(cells: readonly string[]): void {
  process.stdout.write(
    `${cells
      .map((cell) => cell.padEnd(22))
      .join("")
      .trimEnd()}\n`,
  );
}
