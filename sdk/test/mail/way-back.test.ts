/** An agent's mail where the network is bad, and its receipts, through Postfix and Dovecot. */
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emailReceiptSender } from "../../src/transports/email/receipts/index.ts";
import { imapReceiver } from "../../src/transports/email/receiver/index.ts";
import { deliverTo } from "../servers/deliver.ts";
import { startMailSystem, type MailSystem } from "../servers/mail-system.ts";
import { testFolder } from "../support/archives.ts";
import { listen } from "../support/listening.ts";
import { mixedMail, notificationPart, read } from "../support/mime.ts";
import { verifies } from "../support/verifies.ts";

let running: MailSystem | undefined;
beforeAll(async () => {
  running = await startMailSystem();
});
afterAll(() => running?.[Symbol.asyncDispose]());

/** A way to the server on which, from a moment on, nothing arrives any more and nothing is said of it. */
async function wayThatFallsSilent(target: number) {
  const sockets = new Set<Socket>();
  const server = createServer((inner) => {
    const outer = connect(target, "127.0.0.1");
    for (const [from, to] of [
      [inner, outer],
      [outer, inner],
    ] as const) {
      sockets.add(from);
      from.on("data", (bytes) => void to.write(bytes)).on("error", () => undefined);
      from.on("close", () => to.destroy());
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return sockets.size / 2;
    },
    fallSilent() {
      for (const socket of sockets) socket.removeAllListeners("data").pause();
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test("a network that swallows everything is noticed, left, and entered anew; nothing is lost or doubled", async () => {
  if (running === undefined) return;
  await using way = await wayThatFallsSilent(running.ports.imaps);
  await using folder = await testFolder();
  const user = "silence@customer.test";
  const { ca, password } = running;
  const login = { user, password };
  await using listening = listen(
    imapReceiver({
      server: { host: "localhost", port: way.port, ca, login, timeoutMs: 2000 },
      spoolDirectory: folder.at("spool"),
      idleMs: 300,
      reconnectMs: { first: 50, longest: 100 },
    }),
  );
  const ours = mixedMail(notificationPart);
  await deliverTo(running, user, ours);
  await listening.until(1);
  way.fallSilent();
  await deliverTo(running, user, ours);
  await listening.until(2);
  expect(way.connections).toBeGreaterThan(1);
  await deliverTo(running, user, ours);
  await listening.until(3);
  expect(new Set(listening.heard.map(({ origin }) => origin)).size).toBe(3);
});

test("N16 a receipt by submission, with STARTTLS and a login: without a return path, so that no vacation program and no bounce answers", async () => {
  verifies("receipt");
  if (running === undefined) return;
  const { ports, ca, password } = running;
  const receipt = Buffer.from('{"outrider":"receipt/1","document":"the one","signatures":["s"]}');
  const sender = emailReceiptSender({
    to: "receipts@customer.test",
    from: "agent@customer.test",
    relay: { host: "localhost", port: ports.submission, tls: "starttls", ca },
    login: { user: "agent@customer.test", password: async () => password },
  });
  const { signal } = new AbortController();
  await sender.send(receipt, { signal });
  const box = join(running.maildirOf("receipts@customer.test"), "new");
  await expect.poll(() => readdir(box).catch(() => [])).toHaveLength(1);
  const [name = ""] = await readdir(box);
  const mail = await readFile(join(box, name), "latin1");
  expect(mail).toContain("Return-Path: <>");
  expect(await read(mail)).toMatchObject({ verdict: "taken", document: receipt.toString() });

  const wrong = emailReceiptSender({
    to: "receipts@customer.test",
    from: "agent@customer.test",
    relay: { host: "localhost", port: ports.submission, tls: "starttls", ca },
    login: { user: "agent@customer.test", password: async () => "wrong" },
  });
  await expect(wrong.send(receipt, { signal })).rejects.toMatchObject({ code: "UNAVAILABLE" });
});
