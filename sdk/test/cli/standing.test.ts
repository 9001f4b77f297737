/**
 * Pushes that no person starts, on the real command line: a file in the spool, a webhook, watched files that settle, a
 * schedule; each is installed by an agent. A server that is killed and started again loses none and repeats none.
 */
import { createHmac } from "node:crypto";
import { mkdir, readdir, rename } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PushFile } from "../../src/schema/index.ts";
import { freePorts } from "../servers/free-ports.ts";
import { verifies } from "../support/verifies.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { makeKey, makePackage, makeTrust, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let server: Program;
let agent: Program;
let url: string;

/** Half a year from today, whenever that is. */
const notNow = `0 0 0 1 ${((new Date().getUTCMonth() + 6) % 12) + 1} *`;

const pushFile = (on: NonNullable<PushFile["on"]>): PushFile => ({
  package: "press-control",
  version: ">=3",
  audience: { groups: ["ships"] },
  on,
});

beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeTrust(workshop);
  const robot = await makeKey(workshop, "robot");
  await workshop.done("trust", "add-key", robot.publicKey, "--role", "push", "--group", "*");
  await workshop.done("trust", "sign", "--key", keys.root.secretKey);
  await workshop.write("rollouts/hook.push.json", pushFile({ kind: "webhook", name: "forge" }));
  await workshop.write(
    "rollouts/posted.push.json",
    pushFile({ kind: "watch", glob: "posted/*", settleSeconds: 0 }),
  );
  await workshop.write("rollouts/nightly.push.json", pushFile({ kind: "schedule", cron: notNow }));
  await mkdir(workshop.path("rollouts/posted"));
  await workshop.write("hook-secret", `${secret}\n`);
  const [port = 0] = await freePorts(1);
  url = `http://127.0.0.1:${port}/`;
  const ship = await makeAgent(
    workshop,
    "ship",
    { http: true },
    {
      receivers: [{ kind: "http", url, pollSeconds: 1 }],
      receipts: [{ kind: "http", url }],
    },
  );
  await makeServer(workshop, keys.server, {
    listen: { port },
    agents: [ship],
    spool: { directory: "spool" },
    standing: {
      key: { file: robot.secretKey },
      files: ["hook", "posted", "nightly"].map((name) => `rollouts/${name}.push.json`),
      hooks: [{ name: "forge", secretFile: "hook-secret" }],
    },
  });
  await serve();
  agent = workshop.start("agent", "run", "ship.json");
});
afterAll(() => workshop.close());

async function serve(): Promise<void> {
  server = workshop.start("serve");
  await server.says(/^http:\S+$/m);
}

/** As a power cut does, or as Ctrl-C. */
async function restart(by: "SIGKILL" | "SIGINT"): Promise<void> {
  server.signal(by);
  await server.ended();
  await serve();
}

/** A release, built, signed and published while the server runs. */
async function release(version: string): Promise<string> {
  const folder = await makePackage(workshop, version);
  await workshop.done("sign", folder, "--key", keys.ada.secretKey);
  await workshop.done("publish", folder);
  return folder;
}

const installed = (version: string): Promise<string> =>
  agent.says(`name=press-control version=${version} outcome=installed`);

/** Why each deployment was made, newest last. */
async function reasons(): Promise<string[]> {
  const answer = await fetch(`${url}deployments`);
  const shown = (await answer.json()) as { deployment: { reason: string } }[];
  return shown.map(({ deployment }) => deployment.reason);
}

/** As Standard Webhooks signs it. */
async function call(id: string, by = secret): Promise<number> {
  const time = String(Math.floor(Date.now() / 1000));
  const key = Buffer.from(by.slice("whsec_".length), "base64");
  const mac = createHmac("sha256", key).update(`${id}.${time}.{}`).digest("base64");
  const headers = {
    "webhook-id": id,
    "webhook-timestamp": time,
    "webhook-signature": `v1,${mac}`,
  };
  return (await fetch(`${url}hooks/forge`, { method: "POST", headers, body: "{}" })).status;
}

test("a file put into the spool is taken up once, and installed", async () => {
  const folder = await release("3.0.0");
  const order = ["push", "--package", folder, "--group", "ships", "--key", keys.ada.secretKey];
  await workshop.done(...order, "--out", "order.part");
  await rename(workshop.path("order.part"), workshop.path("spool/order.json"));
  await installed("3.0.0");
  await workshop.write(
    "spool/noise.json",
    '{"outrider":"trigger/1","document":"{}","signatures":[]}',
  );
  await expect
    .poll(() => readdir(workshop.path("spool/refused")))
    .toEqual(["noise.json", "noise.reason.json"]);
  expect(await readdir(workshop.path("spool"))).toEqual(["refused", "taken"]);
  expect(await reasons()).toHaveLength(1);
});

test("a webhook with its secret pushes the highest published version; without it nothing", async () => {
  verifies("event");
  await release("3.1.0");
  expect(await call("1", "whsec_YW5vdGhlciBzZWNyZXQgb2Ygc29tZSBsZW5ndGg=")).toBe(401);
  expect(await call("1")).toBe(202);
  await installed("3.1.0");
  expect(await call("1")).toBe(202); // the same delivery, sent again
  await restart("SIGKILL");
  expect(await call("1")).toBe(202);
  expect(await reasons()).toHaveLength(2);
});

test("what was answered with 202 fires although the server was killed at once", async () => {
  await release("3.2.0");
  expect(await call("2")).toBe(202);
  await restart("SIGKILL");
  await installed("3.2.0");
  expect(await reasons()).toHaveLength(3);
});

test("a file that is posted while no server runs fires once it does, and only once", async () => {
  await release("3.3.0");
  server.signal("SIGINT");
  await server.ended();
  await workshop.write("rollouts/posted/ready", "3.3.0");
  await serve();
  await installed("3.3.0");
  await restart("SIGINT");
  expect(await reasons()).toHaveLength(4);
});

test("a schedule fires", async () => {
  await release("3.4.0");
  await workshop.edit("rollouts/nightly.push.json", notNow, "* * * * * *");
  await restart("SIGINT");
  await installed("3.4.0");
  expect((await reasons()).some((reason) => reason.includes("* * * * * *"))).toBe(true);
});

test("a key that may not push to them, or a push that waits for nothing, is said before anything starts", async () => {
  server.signal("SIGINT");
  await server.ended();
  await workshop.edit("outrider-server.json", "keys/robot", "keys/root");
  const stranger = await workshop.run(["serve"]);
  expect(stranger).toMatchObject({ exit: 1, stderr: expect.stringMatching(/KEY_ROLE: .*hook/) });
  await workshop.edit("outrider-server.json", "keys/root", "keys/robot");
  const { on: _on, ...idle } = pushFile({ kind: "webhook", name: "forge" });
  await workshop.write("rollouts/hook.push.json", idle);
  const waiting = await workshop.run(["serve"]);
  expect(waiting).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining("does not say on what"),
  });
});
