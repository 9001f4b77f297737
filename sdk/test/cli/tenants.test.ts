/** Two products in one process: nothing of one is seen, taken or installed by the other. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeAgent, makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { makePackage, makeTrust, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

interface Tenant {
  readonly workshop: Workshop;
  readonly keys: Record<"root" | "ada" | "server", KeyFiles>;
  readonly folder: string;
  readonly token: string;
  url: string;
}

let presses: Tenant;
let tills: Tenant;
let server: Program;

async function makeTenant(name: string): Promise<Tenant> {
  const workshop = await Workshop.open();
  const keys = await makeTrust(workshop);
  const folder = await makePackage(workshop);
  await workshop.done("sign", folder, "--key", keys.ada.secretKey);
  const token = `token-of-the-${name}`;
  await workshop.write("token", `${token}\n`);
  const nowhere = [{ kind: "http" as const, url: "http://127.0.0.1:1/" }];
  const agent = await makeAgent(workshop, "ship", { http: true }, { receivers: nowhere });
  const listen = { port: 0, tokenFile: "token" };
  await makeServer(workshop, keys.server, { listen, agents: [agent] });
  await workshop.done("publish", folder);
  return { workshop, keys, folder, token, url: "" };
}

beforeAll(async () => {
  [presses, tills] = [await makeTenant("presses"), await makeTenant("tills")];
  const configs = [presses, tills].map(({ workshop }) => workshop.path("outrider-server.json"));
  server = presses.workshop.start("serve", ...configs);
  await server.says(/^http:\S+\nhttp:\S+$/m);
  [presses.url = "", tills.url = ""] = server.stdout.split("\n");
});
afterAll(async () => {
  await presses.workshop.close();
  await tills.workshop.close();
});

const bearing = (token: string): RequestInit => ({ headers: { authorization: `Bearer ${token}` } });

async function deployments({ url, token }: Tenant): Promise<unknown[]> {
  return (await (await fetch(`${url}deployments`, bearing(token))).json()) as unknown[];
}

async function order({ workshop, keys, folder }: Tenant): Promise<string> {
  const name = `order-${Math.random()}.json`;
  const push = ["push", "--package", folder, "--group", "ships", "--key", keys.ada.secretKey];
  await workshop.done(...push, "--out", name);
  return workshop.read(name);
}

test("an order of one is authentic there only, though package, group and agent have the same names", async () => {
  const body = await order(presses);
  expect((await fetch(`${tills.url}triggers`, { method: "POST", body })).status).toBe(403);
  expect((await fetch(`${presses.url}triggers`, { method: "POST", body })).status).toBe(202);
  expect([(await deployments(presses)).length, (await deployments(tills)).length]).toEqual([1, 0]);
  await expect
    .poll(async () => (await fetch(`${presses.url}catalog.json`)).text())
    .toContain("press-control");
  expect(await (await fetch(`${tills.url}catalog.json`)).text()).not.toContain("press-control");
});

test("a token of one reads nothing of the other", async () => {
  for (const path of ["deployments", "agents", "metrics", "events"])
    expect((await fetch(`${tills.url}${path}`, bearing(presses.token))).status).toBe(401);
});

test("packages, stores and logs lie apart, and figures count each by itself", async () => {
  const figures = async ({ url, token }: Tenant): Promise<string> =>
    (await fetch(`${url}metrics`, bearing(token))).text();
  expect(await figures(presses)).toContain(`verdict="accepted",code=""} 1`);
  expect(await figures(tills)).not.toContain(`verdict="accepted"`);
  expect(await tills.workshop.done("audit", "show")).not.toContain("accepted");
  const { archives } = await tills.workshop.json<{ archives: { sha256: string }[] }>(
    "publish",
    tills.folder,
  );
  const foreign = await fetch(`${presses.url}packages/${archives[0]!.sha256}.outrider`);
  expect(foreign.status).toBe(404);
});

test("what is said names the server; one on a data directory that is in use ends them all", async () => {
  expect(server.stderr).toContain(`"server":"${presses.workshop.path("outrider-server.json")}"`);
  const twice = await presses.workshop.run(["serve", "outrider-server.json"]);
  expect(twice).toMatchObject({ exit: 3, stderr: expect.stringContaining("SERVER_BUSY") });
  server.signal("SIGINT");
  expect(await server.ended()).toMatchObject({ signal: null });
  const both = await tills.workshop.run([
    "serve",
    "outrider-server.json",
    tills.workshop.path("outrider-server.json"),
  ]);
  expect(both).toMatchObject({ exit: 3, stderr: expect.stringContaining("SERVER_BUSY") });
});
