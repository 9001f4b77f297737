/** A server that is lost and comes back from a backup goes on: nothing is lost for good, nothing happens twice. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../servers/free-ports.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { makePackage, makeTrust, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let server: Program;
let agent: Program;
let url: string;

beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeTrust(workshop);
  const [port = 0] = await freePorts(1);
  url = `http://127.0.0.1:${port}/`;
  const ship = await makeAgent(
    workshop,
    "ship",
    { http: true },
    { receivers: [{ kind: "http", url, pollSeconds: 1 }], receipts: [{ kind: "http", url }] },
  );
  await makeServer(workshop, keys.server, { listen: { port }, agents: [ship] });
  await serve();
  agent = workshop.start("agent", "run", "ship.json");
});
afterAll(() => workshop.close());

async function serve(): Promise<void> {
  server = workshop.start("serve");
  await server.says(/^http:\S+$/m);
}

/** Builds, signs and publishes it; returns an order for it, signed. */
async function release(version: string): Promise<string> {
  const folder = await makePackage(workshop, version);
  await workshop.done("sign", folder, "--key", keys.ada.secretKey);
  await workshop.done("publish", folder);
  const order = ["push", "--package", folder, "--group", "ships", "--key", keys.ada.secretKey];
  await workshop.done(...order, "--out", `${version}.json`);
  return workshop.read(`${version}.json`);
}

const bring = async (body: string): Promise<number> =>
  (await fetch(`${url}triggers`, { method: "POST", body })).status;
const installed = (version: string): Promise<string> =>
  agent.says(`name=press-control version=${version} outcome=installed`);
const installations = (): number =>
  `${agent.stdout}${agent.stderr}`.match(/outcome=installed/g)?.length ?? 0;

test("backed up while it runs, lost, and restored: it knows what was, and what came after is brought again", async () => {
  const first = await release("3.0.0");
  expect(await bring(first)).toBe(202);
  await installed("3.0.0");
  await expect.poll(async () => (await fetch(`${url}deployments`)).text()).toContain('"finished"');
  await workshop.done("backup", "copy");
  const second = await release("3.1.0");
  expect(await bring(second)).toBe(202);
  await installed("3.1.0");
  server.signal("SIGKILL");
  await server.ended();
  const refused = await workshop.run(["restore", "copy"]);
  expect(refused).toMatchObject({ stderr: expect.stringContaining("FILE_EXISTS") });
  await rm(workshop.path("server"), { recursive: true });
  await workshop.done("restore", "copy");
  await workshop.done("publish", "dist/press-control-3.1.0");
  await serve();
  expect(await bring(first)).toBe(409);
  expect(await bring(second)).toBe(202);
  const third = await release("3.2.0");
  expect(await bring(third)).toBe(202);
  await installed("3.2.0");
  expect(installations()).toBe(3);
  expect(`${agent.stdout}${agent.stderr}`).not.toContain("EQUIVOCATION");
  await workshop.done("audit", "verify");
});

test("a copy that is damaged is not put in place, and a second copy replaces the first whole", async () => {
  await workshop.done("backup", "copy");
  const bytes = await readFile(workshop.path("copy/store.sqlite"));
  await writeFile(workshop.path("copy/store.sqlite"), bytes.fill(7, 4096, 16_384));
  await workshop.edit(
    "outrider-server.json",
    `"dataDirectory":"server"`,
    `"dataDirectory":"other"`,
  );
  const damaged = await workshop.run(["restore", "copy"]);
  expect(damaged).toMatchObject({ stderr: expect.stringContaining("STORE_FAILED") });
  const nothing = await workshop.run(["restore", "nowhere"]);
  expect(nothing).toMatchObject({ exit: 2, stderr: expect.stringContaining("FILE_MISSING") });
});
