/**
 * THREATS 2.2: the server is killed at every named point, started again, and killed at the next. Nobody is lost; nobody
 * is written to twice but where the relay had taken the mail and its answer was not seen, and then with the same
 * Message-ID. One round here; OUTRIDER_KILL_ROUNDS asks for more.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, test } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { nodeFileSystem } from "../../src/ports/index.ts";
import { verifyAudit } from "../../src/server/index.ts";
import { Vendor } from "../support/vendor.ts";
import type { ChildOrders } from "./kill-child.ts";
import { ownPoints, relayPoints, type KillPoint } from "./kill-points.ts";

const rounds = Number(process.env.OUTRIDER_KILL_ROUNDS ?? "1");
const program = join(import.meta.dirname, "kill-child.ts");
const agents = ["till-1", "till-2", "till-3", "till-4", "till-5"];
/** Points at which the relay may have taken a mail that the server does not know of. */
const gap: ReadonlySet<KillPoint> = new Set(["dot sent, 250 not seen", "before the record"]);

interface Mail {
  readonly messageId: string;
  readonly to: readonly string[];
}

let vendor: Vendor;
let relay: SMTPServer;
let mails: Mail[] = [];
let child: ChildProcess | undefined;
/** Where the relay kills the child. */
let relayKill: KillPoint | undefined;

/** At that point of a mail the child dies, and the relay goes on only when it is dead. */
function dieAt(point: KillPoint, goOn: () => void): void {
  if (relayKill !== point || child === undefined) return goOn();
  relayKill = undefined;
  child.once("exit", goOn);
  child.kill("SIGKILL");
  return undefined;
}

beforeAll(async () => {
  relay = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    logger: false,
    onMailFrom: (_address, _session, done) => dieAt("MAIL", done),
    onRcptTo: (_address, _session, done) => dieAt("RCPT", done),
    onData(stream, session, done) {
      let text = "";
      stream.once("data", () => dieAt("DATA", () => undefined)); // the connection ends with the child
      stream.on("data", (piece: Buffer) => (text += piece.toString("latin1")));
      stream.on("end", () => {
        const messageId = /^Message-ID: (.*)$/im.exec(text)?.[1] ?? "";
        mails.push({ messageId, to: session.envelope.rcptTo.map(({ address }) => address) });
        dieAt("dot sent, 250 not seen", done);
      });
    },
  });
  relay.on("error", () => undefined); // dropped connections are what this is about
  relay.listen(0, "127.0.0.1");
  await once(relay.server, "listening");
});
afterAll(async () => {
  child?.kill("SIGKILL");
  await new Promise<void>((resolve) => relay.close(resolve));
});

/** Later rounds kill at a later passing; each run plans once. */
function passingOf(point: KillPoint, round: number): number {
  return point.endsWith("the plan") ? 1 : ((round - 1) % 3) + 1;
}

/** Runs the server until it has finished or is killed. @returns whether it was killed */
async function run(point?: KillPoint, passing = 1): Promise<boolean> {
  const isRelays = (relayPoints as readonly string[]).includes(point ?? "");
  relayKill = isRelays ? point : undefined;
  const { port } = relay.server.address() as AddressInfo;
  const keys = [...vendor.agentKeys].map(([agent, { agentKey }]) => [agent, agentKey] as const);
  const orders: ChildOrders = {
    directory: vendor.directory,
    smtpPort: port,
    serverKey: vendor.simulator.signers.server[0]!.agentKey,
    agentKeys: Object.fromEntries(keys),
    ...(point === undefined || isRelays ? {} : { kill: { point, passing } }),
  };
  const path = join(vendor.directory, "orders.json");
  await writeFile(path, JSON.stringify(orders));
  child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", program, path], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr?.on("data", (piece) => (errors += String(piece)));
  const [code, signal] = (await once(child, "close")) as [number | null, string | null];
  child = undefined;
  if (signal === null && code !== 0) throw new Error(errors);
  return signal === "SIGKILL";
}

async function newVendor(): Promise<void> {
  vendor = await Vendor.open({}, new Date());
  await vendor.enrol(agents.map((id) => ({ id })));
  await mkdir(join(vendor.directory, "triggers"));
  const [trust] = vendor.simulator.published;
  await writeFile(join(vendor.directory, "trust.json"), encodeEnvelope(trust!));
}

/** One trigger in two waves, brought to the server by the next run. @returns its id */
async function bring(name: string): Promise<string> {
  const hosted = await vendor.publish(name, "1.0.0");
  const trigger = await vendor.trigger(hosted, {
    rollout: { waves: [{ share: 50 }, { share: 100 }] },
  });
  await writeFile(join(vendor.directory, "triggers", `${name}.json`), trigger);
  return (
    JSON.parse(
      (JSON.parse(new TextDecoder().decode(trigger)) as { document: string }).document,
    ) as { id: string }
  ).id;
}

for (let round = 1; round <= rounds; round++)
  test(`killed at ${ownPoints.length + relayPoints.length} points, round ${round}: nobody is lost, nobody told twice without need`, async () => {
    await newVendor();
    mails = [];
    const places: KillPoint[] = [...ownPoints, ...relayPoints];
    const survived: string[] = [];
    const inGap: string[] = [];
    const deployments: string[] = [];
    for (const [index, point] of places.entries()) {
      deployments.push(await bring(`app-${index}`));
      const before = mails.length;
      if (!(await run(point, passingOf(point, round)))) survived.push(point);
      if (gap.has(point)) inGap.push(...mails.slice(before).map(({ messageId }) => messageId));
    }
    expect(survived).toEqual([]); // every one of them was really killed
    expect(await run()).toBe(false);

    for (const id of deployments) {
      const progress = await vendor.store.deployments.progress(id);
      const installed = progress?.waves.reduce((sum, { counts }) => sum + counts.installed, 0);
      expect([progress?.state, installed]).toEqual(["finished", agents.length]);
    }
    // Every agent has every notification at least once; a second copy only out of the gap, and known by its Message-ID.
    const copies = new Map<string, number>();
    for (const { messageId, to } of mails)
      for (const address of to)
        copies.set(`${messageId} ${address}`, (copies.get(`${messageId} ${address}`) ?? 0) + 1);
    expect(copies.size).toBe(agents.length * deployments.length);
    const doubled = [...copies]
      .filter(([, count]) => count > 1)
      .map(([key]) => key.split(" ")[0] ?? "");
    expect(doubled.filter((messageId) => !inGap.includes(messageId))).toEqual([]);
    await verifyAudit({ path: vendor.auditPath, fileSystem: nodeFileSystem });
    await vendor.close();
  }, 240_000);
