import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { testDelivery } from "../../../../test/support/delivery.ts";
import {
  startMailServer,
  type TestMailServer,
  type TestMailServerOptions,
} from "../../../../test/support/mail.ts";
import { read } from "../../../../test/support/mime.ts";
import { emailSender, type EmailSender, type EmailSenderOptions } from "./index.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function server(options: TestMailServerOptions = {}): Promise<TestMailServer> {
  const started = await startMailServer(options);
  closing.push(() => started.close());
  return started;
}

function senderTo(
  ports: readonly number[],
  options: Partial<EmailSenderOptions> = {},
): EmailSender {
  const sender = emailSender({
    from: "updates@vendor.test",
    relays: ports.map((port) => ({ host: "127.0.0.1", port, tls: "none", timeoutMs: 20_000 })),
    ...options,
  });
  closing.push(() => sender.close());
  return sender;
}

describe("the mail", () => {
  test("is one for the batch, with every recipient in the envelope and none in the header", async () => {
    const { port, mails } = await server();
    const outcomes = await senderTo([port]).send(
      testDelivery(["a@site.test", "b@site.test", "c@Site.test"]),
    );
    expect(outcomes.map(({ agent, outcome }) => [agent, outcome])).toEqual([
      ["agent-1", "accepted"],
      ["agent-2", "accepted"],
      ["agent-3", "accepted"],
    ]);
    expect(mails).toHaveLength(1);
    expect(mails[0]?.to).toEqual(["a@site.test", "b@site.test", "c@site.test"]);
    expect(mails[0]?.from).toBe("updates@vendor.test");
    expect(mails[0]?.raw.toString()).toContain('To: "undisclosed-recipients":;');
  });

  test("takes trust documents along", async () => {
    const { port, mails } = await server();
    const trust = ["second", "third"].map((text) => new TextEncoder().encode(text));
    await senderTo([port]).send(testDelivery(["a@site.test"], { trust }));
    await senderTo([port]).send(testDelivery(["a@site.test"], { trust: [] }));
    const [along, without] = await Promise.all(mails.map(({ raw }) => read(raw)));
    expect([along?.trust, without?.trust]).toEqual([["second", "third"], undefined]);
  });

  test("can be read by a person, and no machine answers it", async () => {
    const { port, mails } = await server();
    const summary = {
      packageName: "till",
      version: "2.1.0",
      reason: "Stoppt \u202e den Fehler\r\nBcc: x@y.test",
    };
    await senderTo([port]).send(testDelivery(["a@site.test"], { summary }));
    const raw = mails[0]?.raw.toString() ?? "";
    expect(raw).toMatch(/^Subject: Update: till 2\.1\.0\r$/m);
    expect(raw).toMatch(/^To: a@site\.test\r$/m);
    expect(raw).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(raw).toMatch(/^Outrider-Document: notification\/1\r$/m);
    expect(raw).toMatch(/^What: {2}till 2\.1\.0\r$/m);
    expect(raw).toMatch(/^Why: {3}Stoppt {3}den Fehler {2}Bcc: x@y\.test\r$/m);
    expect(raw).not.toMatch(/^Bcc/m);
  });

  test("says of an order what it does, not that something is installed", async () => {
    const { port, mails } = await server();
    await senderTo([port]).send(testDelivery(["a@site.test"], { order: "pause" }));
    const raw = (mails[0]?.raw.toString() ?? "").replaceAll("=\r\n", "");
    expect(raw).toMatch(/^Subject: Paused: /m);
    expect(raw).toMatch(/who signed this order, and waits until it is told to go on/);
    expect(raw).not.toMatch(/installs the package/);
  });

  test("has the same Message-ID when it is sent again, another for other recipients", async () => {
    const { port, mails } = await server();
    const sender = senderTo([port]);
    const delivery = testDelivery(["a@site.test"]);
    await sender.send(delivery);
    await sender.send(delivery);
    await sender.send({ ...delivery, recipients: [{ agent: "agent-2", address: "b@site.test" }] });
    const ids = mails.map(
      ({ raw }) => /^Message-ID: (<[0-9a-f]{24}@vendor\.test>)\r$/m.exec(raw.toString())?.[1],
    );
    expect(ids[0]).toBeDefined();
    expect(ids[1]).toBe(ids[0]);
    expect(ids[2]).not.toBe(ids[0]);
  });

  test("carries the archive, streamed from its file, as the receiver reads it", async () => {
    const { port, mails } = await server();
    const directory = await mkdtemp(join(tmpdir(), "outrider-sender-"));
    closing.push(() => rm(directory, { recursive: true }));
    const path = join(directory, "archive");
    const bytes = randomBytes(500_000);
    await writeFile(path, bytes);
    const attachment = {
      path,
      size: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    };
    const delivery = testDelivery(["a@site.test"], { attachment });
    const [outcome] = await senderTo([port]).send(delivery);
    expect(outcome?.outcome).toBe("accepted");
    const received = await read(mails[0]?.raw ?? "");
    expect(received.document).toBe(Buffer.from(delivery.envelope).toString());
    expect(received.attachment?.equals(bytes)).toBe(true);
  });

  test("is not sent where its archive cannot be read", async () => {
    const { port, mails } = await server();
    const attachment = { path: join(tmpdir(), "outrider-none"), size: 10, sha256: "0".repeat(64) };
    const sending = senderTo([port]).send(testDelivery(["a@site.test"], { attachment }));
    await expect(sending).rejects.toMatchObject({ code: "FILE_UNREADABLE" });
    expect(mails).toHaveLength(0);
  });

  test("goes over one kept connection", async () => {
    const mailServer = await server();
    const sender = senderTo([mailServer.port]);
    for (let count = 0; count < 5; count++) await sender.send(testDelivery(["a@site.test"]));
    expect(mailServer.mails).toHaveLength(5);
    expect(mailServer.connections).toBe(1);
  });
});

describe("outcomes", () => {
  const refuse = (address: string): { code: number; text: string } | undefined =>
    ({
      "later@site.test": { code: 450, text: "mailbox busy" },
      "never@site.test": { code: 550, text: "no such user" },
    })[address];
  const recipients = ["good@site.test", "later@site.test", "never@site.test", "not an address"];

  test("are told per recipient: 250, 450, 550 and no address, in one transaction", async () => {
    const { port, mails } = await server({ refuse });
    const outcomes = await senderTo([port]).send(testDelivery(recipients));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      "accepted",
      "deferred",
      "rejected",
      "rejected",
    ]);
    expect(outcomes[1]?.detail).toContain("mailbox busy");
    expect(outcomes[3]?.detail).toContain("not an address");
    expect(mails[0]?.to).toEqual(["good@site.test"]);
  });

  test("after a 554 to the message: everybody rejected, but for whom there was another reply", async () => {
    const { port, mails } = await server({ refuse, answer: () => ({ code: 554, text: "spam" }) });
    const outcomes = await senderTo([port]).send(testDelivery(recipients));
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      "rejected",
      "deferred",
      "rejected",
      "rejected",
    ]);
    expect(mails).toHaveLength(0);
  });

  test("after a 452 to the message: deferred, and the next is taken", async () => {
    let answers = 0;
    const mailServer = await server({
      answer: () => (answers++ === 0 ? { code: 452, text: "disk full" } : undefined),
    });
    const sender = senderTo([mailServer.port]);
    expect((await sender.send(testDelivery(["a@site.test"])))[0]?.outcome).toBe("deferred");
    expect((await sender.send(testDelivery(["a@site.test"])))[0]?.outcome).toBe("accepted");
  });

  test("where all are refused at RCPT", async () => {
    const { port } = await server({ refuse });
    const outcomes = await senderTo([port]).send(
      testDelivery(["later@site.test", "never@site.test"]),
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(["deferred", "rejected"]);
  });

  test("of an archive past the transport's limit: rejected, with the figures", async () => {
    const { port, mails } = await server();
    const attachment = { path: "/nowhere", size: 11, sha256: "0".repeat(64) };
    const sender = senderTo([port], { maxAttachmentBytes: 10 });
    const [outcome] = await sender.send(testDelivery(["a@site.test"], { attachment }));
    expect(outcome).toMatchObject({
      outcome: "rejected",
      detail: expect.stringContaining("11 bytes"),
    });
    expect(mails).toHaveLength(0);
  });

  test("of many recipients are gathered from several mails", async () => {
    const { port, mails } = await server();
    const addresses = Array.from({ length: 25 }, (_, at) => `a${at}@site.test`);
    const outcomes = await senderTo([port], { maxRecipients: 10 }).send(testDelivery(addresses));
    expect(outcomes.every(({ outcome }) => outcome === "accepted")).toBe(true);
    expect(mails.map(({ to }) => to.length).toSorted((a, b) => b - a)).toEqual([10, 10, 5]);
  });

  test("of an empty batch: none, and nothing is sent", async () => {
    expect(await senderTo([1]).send(testDelivery([]))).toEqual([]);
  });
});

/** A relay that speaks just enough, and drops the line where it is told to. */
async function droppingRelay(
  at: "greeting" | "RCPT" | "data" | "dot",
): Promise<{ port: number; connections: () => number }> {
  let connections = 0;
  const sockets = new Set<Socket>();
  const relay = createServer((socket) => {
    connections++;
    sockets.add(socket);
    socket.on("error", () => undefined);
    if (at === "greeting") return socket.destroy();
    socket.write("220 relay\r\n");
    let inData = false;
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString("latin1");
      if (inData) {
        if (at === "data" || text.endsWith("\r\n.\r\n")) socket.destroy();
        return;
      }
      for (let end = text.indexOf("\r\n"); end >= 0 && !inData; end = text.indexOf("\r\n")) {
        const command = text.slice(0, end);
        text = text.slice(end + 2);
        if (command.startsWith("RCPT") && at === "RCPT") return socket.destroy();
        inData = command === "DATA";
        socket.write(inData ? "354 go\r\n" : "250 ok\r\n");
      }
      return undefined;
    });
    return undefined;
  });
  relay.listen(0, "127.0.0.1");
  await once(relay, "listening");
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    relay.close();
  });
  return { port: (relay.address() as { port: number }).port, connections: () => connections };
}

describe("a relay that drops the line", () => {
  test("after the final dot: nobody knows", async () => {
    const relay = await droppingRelay("dot");
    const spare = await server();
    const outcomes = await senderTo([relay.port, spare.port]).send(testDelivery(["a@site.test"]));
    expect(outcomes[0]?.outcome).toBe("unknown");
    expect(spare.mails).toHaveLength(0);
  });

  test.each(["greeting", "RCPT"] as const)("at %s: the next relay gets the mail", async (at) => {
    const relay = await droppingRelay(at);
    const spare = await server();
    const outcomes = await senderTo([relay.port, spare.port]).send(testDelivery(["a@site.test"]));
    expect(outcomes[0]?.outcome).toBe("accepted");
    expect(spare.mails).toHaveLength(1);
    expect(relay.connections()).toBeGreaterThan(0);
  });

  test("in the middle of a large message: nothing was taken, the next relay gets it whole", async () => {
    const relay = await droppingRelay("data");
    const spare = await server();
    const text = "x".repeat(12_000_000); // more than the sockets' buffers: the final dot was never written
    const outcomes = await senderTo([relay.port, spare.port]).send(
      testDelivery(["a@site.test"], { text }),
    );
    expect(outcomes[0]?.outcome).toBe("accepted");
    const { document } = await read(spare.mails[0]?.raw ?? "", { maxDocumentBytes: 13_000_000 });
    expect(document?.includes(text)).toBe(true);
  });

  test("and there is no other: UNAVAILABLE, to be tried later", async () => {
    const relay = await droppingRelay("greeting");
    const sending = senderTo([relay.port]).send(testDelivery(["a@site.test"]));
    await expect(sending).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  });
});

test("a relay that restarts between two mails is found again", async () => {
  const first = await startMailServer();
  const relays = [{ host: "127.0.0.1", port: first.port, tls: "none", timeoutMs: 1000 } as const];
  const sender = senderTo([], { relays });
  await sender.send(testDelivery(["a@site.test"]));
  await first.close();
  await expect(sender.send(testDelivery(["a@site.test"]))).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
});

test("sending can be cancelled while a relay hangs", async () => {
  const relay = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(relay, "listening");
  closing.push(async () => relay.close());
  const sender = senderTo([(relay.address() as { port: number }).port]);
  const signal = AbortSignal.timeout(100);
  await expect(sender.send(testDelivery(["a@site.test"]), { signal })).rejects.toMatchObject({
    code: "CANCELLED",
  });
});

describe("a mail that is out when sending is cancelled", () => {
  /** A relay that thinks about each mail until it is let answer; five connections at a time are busy with it. */
  async function thinkingRelay(): Promise<{ port: number; out: () => number; answer(): void }> {
    const answers: (() => void)[] = [];
    const mailServer = await server({
      server: {
        onData: (stream, _session, done) =>
          void stream.resume().once("end", () => answers.push(() => done())),
      },
    });
    return {
      port: mailServer.port,
      out: () => answers.length,
      answer() {
        for (const answer of answers) answer();
      },
    };
  }
  const addresses = Array.from({ length: 70 }, (_, at) => `a${at}@site.test`);

  test("has its answer waited for, and is not sent again; nothing more goes out", async () => {
    const relay = await thinkingRelay();
    const stop = new AbortController();
    const sender = senderTo([relay.port], { maxRecipients: 10 });
    const sending = sender.send(testDelivery(addresses), { signal: stop.signal });
    await expect.poll(relay.out).toBe(5);
    stop.abort();
    relay.answer();
    const outcomes = (await sending).map(({ outcome }) => outcome);
    expect(outcomes.filter((outcome) => outcome === "accepted")).toHaveLength(50);
    expect(outcomes.filter((outcome) => outcome === "deferred")).toHaveLength(20);
    expect(relay.out()).toBe(5);
  });

  test("and gets no answer: nobody knows", async () => {
    const relay = await thinkingRelay();
    const stop = new AbortController();
    const sender = senderTo([], {
      relays: [{ host: "127.0.0.1", port: relay.port, tls: "none", answerMs: 50 }],
    });
    const sending = sender.send(testDelivery(["a@site.test"]), { signal: stop.signal });
    await expect.poll(relay.out).toBe(1);
    stop.abort();
    expect((await sending)[0]?.outcome).toBe("unknown");
    relay.answer();
  });
});

describe("refuses from the start", () => {
  test.each([
    ["a sender that is no plain address", { from: "Updates <u@vendor.test>" }, "ADDRESS_INVALID"],
    ["no relay", { relays: [] }, "CONFIG_INVALID"],
    [
      "mail without TLS to another machine",
      { relays: [{ host: "mail.vendor.test", tls: "none" as const }] },
      "CONFIG_INVALID",
    ],
  ])("%s", (_, options, code) => {
    const whole = {
      from: "u@vendor.test",
      relays: [{ host: "127.0.0.1", tls: "none" as const }],
      ...options,
    };
    expect(() => emailSender(whole)).toThrow(expect.objectContaining({ code }));
  });

  test("a relay that offers no STARTTLS where it is demanded", async () => {
    const { port, mails } = await server();
    const sender = senderTo([], { relays: [{ host: "127.0.0.1", port, tls: "starttls" }] });
    await expect(sender.send(testDelivery(["a@site.test"]))).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(mails).toHaveLength(0);
  });
});
