/**
 * One agent with all transports on, each with its real parts: mail from a Maildir, a share, a static host by HTTP, and
 * the same host found by its advert. However it is told, it acts once, and it notices where they contradict each other.
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AgentEvent } from "../../src/agent/index.ts";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import { uncObtainer } from "../../src/obtain/unc/index.ts";
import type { Source } from "../../src/schema/index.ts";
import type { Receiver } from "../../src/transport/index.ts";
import { maildirReceiver } from "../../src/transports/email/receiver/index.ts";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { httpReceiver } from "../../src/transports/http/receiver/index.ts";
import { opportunisticReceiver } from "../../src/transports/opportunistic/receiver/index.ts";
import { opportunisticSender } from "../../src/transports/opportunistic/sender/index.ts";
import { uncReceiver } from "../../src/transports/unc/receiver/index.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { freePorts } from "../servers/free-ports.ts";
import { Bench } from "../support/agent-bench.ts";
import { testDelivery } from "../support/delivery.ts";
import { catalogOf, layOut } from "../support/laid-out.ts";
import { makeMaildir, startMailServer } from "../support/mail.ts";
import type { Pushed } from "../support/publisher.ts";
import { startStaticHost, type StaticHost } from "../support/static-host.ts";
import { verifies } from "../support/verifies.ts";

const never = 3_600_000;
let bench: Bench;
let share: string;
let maildir: string;
let host: StaticHost;
let segment: { readonly segments: string[]; allowLoopback: true; multicastPort: number };
beforeEach(async () => {
  bench = await Bench.make();
  share = join(bench.root, "share");
  maildir = await makeMaildir(join(bench.root, "mail", "till-7"));
  host = await startStaticHost(share);
  const [multicastPort = 0] = await freePorts(1);
  segment = { segments: ["127.0.0.0/8"], allowLoopback: true, multicastPort };
});
afterEach(async () => {
  await bench.clear();
  await host[Symbol.asyncDispose]();
});

const receivers = (pollMs: number): Readonly<Record<string, () => Receiver>> => ({
  email: () =>
    maildirReceiver({ path: maildir, spoolDirectory: join(bench.root, "spool"), pollMs: 20 }),
  unc: () => uncReceiver({ root: share, pollMs }),
  http: () => httpReceiver({ url: host.url, pollMs, reconnectMs: never }),
  opportunistic: () => opportunisticReceiver({ ...segment, pollMs }),
});

const runAgent = (listening: readonly Receiver[]): Promise<AsyncDisposable> =>
  bench.run({
    receivers: listening,
    obtainers: [httpObtainer({ hosts: [], allowLoopback: true }), uncObtainer({ roots: [share] })],
  });

async function push(
  version: string,
  sources: readonly Source[] = [{ kind: "unc" }],
): Promise<Pushed> {
  const release = await bench.publisher.release({ version });
  return bench.publisher.push(release, { notification: { sources: [...sources] } });
}

async function mail(pushed: Pushed): Promise<void> {
  const server = await startMailServer({ maildirs: join(bench.root, "mail") });
  const sender = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: server.port, tls: "none" }],
  });
  try {
    await sender.send({ ...testDelivery(["till-7@shop.test"]), envelope: pushed.bytes });
  } finally {
    await sender.close();
    await server.close();
  }
}

const runs = (version: string): Promise<void> =>
  expect.poll(() => bench.installedText("app.txt")).toBe(`demo-app ${version}\n`);
const happened = (type: AgentEvent["type"]): AgentEvent[] =>
  bench.events.filter((event) => event.type === type);

test.each(["email", "unc", "http", "opportunistic"])(
  "by %s alone: recognized, obtained, installed, reported",
  async (name) => {
    verifies("claims-5-7");
    const pushed = await push("1.0.0");
    const catalog = await layOut(bench.publisher, share, [pushed]);
    await mail(pushed);
    const sender = opportunisticSender({ ...segment, port: host.port });
    await sender.publish({ catalog });
    const receiver = receivers(50)[name]?.();
    if (receiver === undefined) throw new Error(name);
    await using _ = await runAgent([receiver]);
    await runs("1.0.0");
    await expect.poll(() => bench.sent.length).toBe(1);
    expect((await bench.receipts())[0]).toMatchObject({ outcome: "installed", transport: name });
    await sender.close();
  },
);

test("all at once: one effect, one receipt, however many bring it and bring it again", async () => {
  verifies("claims-5-7", "claims-10-12");
  const pushed = await push("1.0.0");
  const all = Object.values(receivers(30)).map((make) => make());
  await using _ = await runAgent(all);
  await mail(pushed);
  const catalog = await layOut(bench.publisher, share, [pushed]);
  const sender = opportunisticSender({ ...segment, port: host.port });
  await sender.publish({ catalog });
  await expect.poll(() => happened("finished").length).toBe(1);
  for (let copy = 0; copy < 3; copy++) {
    await mail(pushed);
    await uncSender({ root: share }).publish({
      catalog: await catalogOf(bench.publisher, [pushed]),
    });
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  expect(
    happened("state").filter((event) => "state" in event && event.state === "switched"),
  ).toHaveLength(1);
  expect(happened("finished")).toHaveLength(1);
  expect(await bench.receipts()).toHaveLength(1);
  const next = await push("1.1.0");
  await layOut(bench.publisher, share, [next]);
  await runs("1.1.0");
  await sender.close();
});

test("a plain copy of a web server's tree on a share serves its archives too, and not a wrong one", async () => {
  verifies("step-89");
  await using _ = await runAgent([uncReceiver({ root: share, pollMs: 30 })]);
  const web: Source = { kind: "http", url: "http://192.0.2.1/packages/" };
  const pushed = await push("1.0.0", [web]);
  await layOut(bench.publisher, share, [pushed]);
  await runs("1.0.0");
  await expect
    .poll(() => bench.receipts())
    .toMatchObject([
      {
        obtainer: "unc",
        trace: expect.arrayContaining(["unc beside the catalog: obtained"]),
      },
    ]);
  const next = await push("1.1.0", [web]);
  const { sha256, size, bytes } = next.release.archive;
  const archive = join(share, "packages", `${sha256}.outrider`);
  await writeFile(archive, Buffer.alloc(size)); // somebody else can write there
  await uncSender({ root: share }).send({
    ...testDelivery(["share"]),
    envelope: next.bytes,
    catalog: await catalogOf(bench.publisher, [next]),
  });
  await expect
    .poll(() => happened("postponed"))
    .toContainEqual(expect.objectContaining({ code: "PACKAGE_DIGEST" }));
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  await writeFile(archive, bytes);
  await runs("1.1.0");
});

test("N9 a stale catalog on the share makes the agent look at the Internet now, not in an hour", async () => {
  const [old, pushed] = [await push("1.0.0"), await push("1.1.0")];
  await layOut(bench.publisher, share, [old]);
  const fresh = join(bench.root, "fresh");
  await layOut(bench.publisher, fresh, [old]);
  await using vendor = await startStaticHost(fresh);
  await using _ = await runAgent([
    uncReceiver({ root: share, pollMs: 100 }),
    httpReceiver({ url: vendor.url, pollMs: never, reconnectMs: never }),
  ]);
  await runs("1.0.0");
  const stale = await catalogOf(bench.publisher, [old]);
  bench.publisher.simulator.pass(2);
  const again = await bench.publisher.announce(pushed.release, pushed.trigger);
  await layOut(bench.publisher, fresh, [again]);
  await uncSender({ root: share }).publish({ catalog: stale }); // as old as what was there, and another text
  await expect.poll(() => happened("stale").length).toBeGreaterThan(0);
  await runs("1.1.0");
});

test("N10 two transports that show two catalogs of one number: an alarm as event and receipt, once each", async () => {
  const pushed = await push("1.0.0");
  const other = await push("6.6.6");
  const elsewhere = join(bench.root, "elsewhere");
  const sequence = 77;
  await layOut(bench.publisher, share, [pushed], { sequence });
  await layOut(bench.publisher, elsewhere, [other], { sequence });
  await using vendor = await startStaticHost(elsewhere);
  const url = vendor.url;
  await using _ = await runAgent([uncReceiver({ root: share, pollMs: 30 })]);
  await runs("1.0.0");
  await using _second = await runAgent([
    uncReceiver({ root: share, pollMs: 30 }),
    httpReceiver({ url, pollMs: 30, reconnectMs: never }),
  ]);
  await expect.poll(() => happened("equivocation").length).toBe(1);
  await expect.poll(async () => (await bench.receipts()).length).toBe(2);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(happened("equivocation")).toEqual([
    expect.objectContaining({ transport: "http", message: expect.stringContaining("by unc") }),
  ]);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  const receipts = await bench.receipts();
  expect(receipts.map(({ outcome, code, transport }) => [outcome, code, transport])).toEqual([
    ["installed", undefined, "unc"],
    ["installed", "EQUIVOCATION", "http"],
  ]);
});
