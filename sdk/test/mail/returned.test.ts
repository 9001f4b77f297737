/**
 * What comes back to the server's mailbox through Postfix and Dovecot: bounces, a full mailbox, a delay, automatic replies,
 * receipts and triggers; and a relay that is gone.
 */
import { execFileSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { LedgerRow } from "../../src/ledger/index.ts";
import { nodeFileSystem, silentLogger } from "../../src/ports/index.ts";
import type { ServerEvent } from "../../src/server/index.ts";
import { verifyAudit } from "../../src/server/index.ts";
import { serverMail } from "../../src/transports/email/mailbox/index.ts";
import { imapReceiver } from "../../src/transports/email/receiver/index.ts";
import { emailSender, type EmailSender } from "../../src/transports/email/sender/index.ts";
import { deliverTo } from "../servers/deliver.ts";
import { startMailSystem, type MailSystem } from "../servers/mail-system.ts";
import { Vendor } from "../support/vendor.ts";

const from = "updates@vendor.test";
let running: MailSystem | undefined;
beforeAll(async () => {
  running = await startMailSystem({
    delayWarningSeconds: 1,
    queueLifetimeSeconds: 5,
    pipeScript: autoResponder,
  });
});
afterAll(() => running?.[Symbol.asyncDispose]());

/** Answers everything, to the address in the envelope, and says nowhere that it is a machine. */
const autoResponder = `
port=$(cat "$(dirname "$0")/port") || exit 75
printf 'From: %s\\nTo: %s\\nSubject: Re: your mail\\n\\nI am not here.\\n' "$2" "$1" |
  curl -s --mail-from "$2" --mail-rcpt "$1" --upload-file - "smtp://127.0.0.1:$port"
`;

/** A vendor whose server sends by the relay and reads its own mailbox. */
async function vendorIn(
  system: MailSystem,
  relayPorts: readonly number[] = [system.ports.smtp],
): Promise<{ vendor: Vendor; sender: EmailSender; events: ServerEvent[] }> {
  const { ports, ca, password } = system;
  await rm(system.maildirOf(from), { recursive: true, force: true });
  const sender = emailSender({
    from,
    relays: relayPorts.map((port) => ({ host: "127.0.0.1", port, tls: "none", timeoutMs: 60_000 })),
  });
  const receiver = imapReceiver({
    server: { host: "localhost", port: ports.imaps, ca, login: { user: from, password } },
    spoolDirectory: await mkdtemp(join(tmpdir(), "outrider-mailbox-")),
    interest: serverMail(silentLogger),
  });
  const vendor = await Vendor.open({
    transports: [{ sender, carriage: "message" }],
    inboxes: [{ receiver, via: "email" }],
  });
  const events: ServerEvent[] = [];
  void (async () => {
    for await (const event of vendor.server.events()) events.push(event);
  })();
  await vendor.server.start();
  return { vendor, sender, events };
}

async function rowsOf(vendor: Vendor, id: string): Promise<Record<string, LedgerRow>> {
  const rows = await vendor.store.deployments.ledger(id);
  return Object.fromEntries(rows.map((row) => [row.agent, row]));
}

async function pushTo(
  vendor: Vendor,
  addresses: Readonly<Record<string, { email?: string; http?: boolean }>>,
  version = "1.0.0",
): Promise<string> {
  const hosted = await vendor.publish("demo-app", version);
  await vendor.enrol(Object.entries(addresses).map(([id, ways]) => ({ id, addresses: ways })));
  const id = randomUUID();
  const rollout = { waves: [{ name: "all", share: 100, errorThreshold: 100 }] };
  await vendor.server.submit(await vendor.trigger(hosted, { id, rollout }));
  return id;
}

test("a bounce, a full mailbox and a delay are booked; another way is tried where there is one", async () => {
  if (running === undefined) return;
  const { vendor, sender, events } = await vendorIn(running);
  const id = await pushTo(vendor, {
    good: { email: "good@customer.test" },
    gone: { email: "gone@bounce.test" },
    moved: { email: "moved@bounce.test", http: true },
    full: { email: "full@full.test" },
    late: { email: "late@dead.test" },
    unknown: { email: "unknown@customer.test" },
  });
  const statesOf = async (): Promise<Record<string, string>> =>
    Object.fromEntries(
      Object.values(await rowsOf(vendor, id)).map(({ agent, state, transport }) => [
        agent,
        `${state} ${transport}`,
      ]),
    );
  await expect.poll(statesOf).toEqual({
    good: "sent email",
    gone: "failed email",
    moved: "sent http",
    full: "failed email",
    late: "failed email",
    unknown: "failed email",
  });
  const rows = await rowsOf(vendor, id);
  expect(rows["gone"]?.detail).toMatch(/^failed 5\.1\.1 550 5\.1\.1 .*no such user/);
  expect(rows["full"]?.detail).toMatch(/5\.2\.2/);
  expect(rows["unknown"]?.detail).toMatch(/550/); // said at once, in the dialogue
  const returned = (): string[] =>
    events.flatMap((event) =>
      event.event === "returned" ? [`${event.agent} ${event.action}`] : [],
    );
  await expect
    .poll(returned)
    .toEqual(
      expect.arrayContaining(["gone failed", "moved failed", "full failed", "late delayed"]),
    );
  await vendor.close();
  await sender.close();
});

test("an address that bounced twice is left alone; a full mailbox is not held against it", async () => {
  if (running === undefined) return;
  const { vendor, sender, events } = await vendorIn(running);
  const addresses = { gone: { email: "twice@bounce.test" }, full: { email: "twice@full.test" } };
  for (let round = 1; round <= 2; round++) {
    const id = await pushTo(vendor, addresses, `1.${round}.0`);
    await expect
      .poll(async () => Object.values(await rowsOf(vendor, id)).map(({ state }) => state))
      .toEqual(["failed", "failed"]);
  }
  const id = await pushTo(vendor, addresses, "2.0.0");
  await expect
    .poll(async () => (await rowsOf(vendor, id))["gone"]?.detail)
    .toBe("the address was rejected twice before");
  await expect.poll(async () => (await rowsOf(vendor, id))["full"]?.detail).toMatch(/5\.2\.2/);
  await expect.poll(() => events.filter(({ event }) => event === "returned")).toHaveLength(5);
  await vendor.close();
  await sender.close();
});

test("N16 an auto-responder and a vacation notice: one message back at most, and no answer to it", async () => {
  if (running === undefined) return;
  const { ports } = running;
  const maildirOf = (address: string): string => running?.maildirOf(address) ?? "";
  // One who answers everything, and one who answers as RFC 3834 says (Dovecot's Sieve).
  const pipe = join(maildirOf("x@y"), "../../../../pipe");
  await writeFile(join(pipe, "port"), String(ports.smtp));
  const home = dirname(maildirOf("away@customer.test"));
  await mkdir(home, { recursive: true });
  await writeFile(join(home, ".dovecot.sieve"), 'require "vacation"; vacation "On holiday.";\n');
  execFileSync("chown", ["-R", "mail:mail", home]);
  const { vendor, sender, events } = await vendorIn(running);
  const id = await pushTo(vendor, {
    robot: { email: "robot@pipe.test" },
    away: { email: "away@customer.test" },
  });
  const inbox = async (): Promise<string[]> =>
    (
      await Promise.all(
        ["new", "cur"].map((folder) => readdir(join(maildirOf(from), folder)).catch(() => [])),
      )
    ).flat();
  await expect.poll(inbox).toHaveLength(1);
  await deliverTo(
    running,
    from,
    `Subject: I am away\nAuto-Submitted: auto-replied\nIn-Reply-To: <x@vendor.test>\n\nBack in May.\n`,
  );
  await expect.poll(inbox).toHaveLength(2);
  const away = join(maildirOf("away@customer.test"), "new");
  await expect.poll(() => readdir(away).catch(() => [])).toHaveLength(1);
  const told = (): ServerEvent[] =>
    events.filter(({ event }) => event === "message" || event === "returned");
  await expect.poll(told).toHaveLength(1);
  await new Promise((resolve) => setTimeout(resolve, 1500)); // an answer to the answer would be there by now
  expect(await inbox()).toHaveLength(2);
  expect(told()).toHaveLength(1);
  expect(Object.values(await rowsOf(vendor, id)).map(({ state }) => state)).toEqual([
    "sent",
    "sent",
  ]);
  await vendor.close();
  await sender.close();
});

test("a trigger by mail is accepted once, however often the mail comes, and audited; so is a receipt", async () => {
  if (running === undefined) return;
  const { vendor, sender } = await vendorIn(running);
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till", addresses: { email: "till@customer.test" } }]);
  const id = randomUUID();
  const trigger = mailOf("trigger/1", await vendor.trigger(hosted, { id }));
  for (let copy = 0; copy < 2; copy++) await deliverTo(running, from, trigger);
  const stateOf = async (): Promise<string | undefined> =>
    (await rowsOf(vendor, id))["till"]?.state;
  await expect.poll(stateOf).toBe("sent");
  const receipt = await vendor.receipt("till", id, "installed", { transport: "email" });
  for (let copy = 0; copy < 2; copy++) await deliverTo(running, from, mailOf("receipt/1", receipt));
  await deliverTo(running, from, mailOf("trigger/1", Buffer.from('{"outrider":"trigger/1",')));
  await expect.poll(stateOf).toBe("installed");
  const entries = async (): Promise<string[]> =>
    (await readFile(vendor.auditPath, "utf8"))
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, string>)
      .filter(({ via }) => via === "email")
      .map(({ kind, verdict, code = "" }) => `${kind} ${verdict} ${code}`.trim())
      .toSorted(); // Postfix delivers several mails at once
  await expect
    .poll(entries)
    .toEqual([
      "receipt accepted",
      "receipt refused REPLAYED",
      "trigger accepted",
      "trigger refused JSON_SYNTAX",
      "trigger refused REPLAYED",
    ]);
  await verifyAudit({ path: vendor.auditPath, fileSystem: nodeFileSystem });
  await vendor.close();
  await sender.close();
});

test("a relay that is gone is passed over, and Postfix takes the mail", async () => {
  if (running === undefined) return;
  const { vendor, sender } = await vendorIn(running, [1, running.ports.smtp]);
  const id = await pushTo(vendor, { till: { email: "failover@customer.test" } });
  await expect.poll(async () => (await rowsOf(vendor, id))["till"]?.state).toBe("sent");
  const box = join(running.maildirOf("failover@customer.test"), "new");
  await expect.poll(() => readdir(box).catch(() => [])).toHaveLength(1);
  await vendor.close();
  await sender.close();
});

/** A document as a person would mail it: one part, base64. */
function mailOf(type: string, bytes: Uint8Array): string {
  const name = type.slice(0, type.indexOf("/"));
  return [
    "From: ada@vendor.test",
    `To: ${from}`,
    "Subject: please push",
    `Outrider-Document: ${type}`,
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="m"',
    "",
    "--m",
    `Content-Type: application/vnd.outrider.${name}+json`,
    "Content-Transfer-Encoding: base64",
    "",
    Buffer.from(bytes).toString("base64").replaceAll(/.{76}/g, "$&\n"),
    "--m--",
    "",
  ].join("\n");
}
