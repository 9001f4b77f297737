/** What a person does at one machine: looks at its agent, has it examined, takes it back to the version before. */
import { once } from "node:events";
import { chmod, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import type { Finding } from "../../src/cli/agent/doctor/index.ts";
import { freePorts } from "../servers/free-ports.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import { makePackage, makeVendor, packageFolder } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const share = {
  receivers: [{ kind: "unc" as const, root: "share", pollSeconds: 1 }],
  obtain: { unc: { roots: ["share"] } },
  receipts: [{ kind: "unc" as const, root: "share" }],
};

/** Patience counts where there is silence only. */
async function verdicts(
  workshop: Workshop,
  config = "ship-1.json",
  patience = "60",
): Promise<{ exit: number; found: Record<string, Finding["verdict"]>; text: string }> {
  const argv = ["agent", "doctor", config, "--patience", patience];
  const { exit, stdout } = await workshop.run([...argv, "--json"]);
  const { findings } = JSON.parse(stdout) as { findings: Finding[] };
  for (const { verdict, remedy } of findings)
    expect([verdict, remedy !== undefined]).toEqual([verdict, verdict !== "good"]);
  const found = Object.fromEntries(findings.map(({ check, verdict }) => [check, verdict]));
  return { exit, found, text: JSON.stringify(findings) };
}

test("from one version to the next and back, seen and examined at each step", async () => {
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const key = ["--key", keys.ada.secretKey];
  const agent = await makeAgent(workshop, "ship-1", { unc: true }, share);
  await makeServer(workshop, keys.server, {
    transports: { unc: { root: "share" } },
    agents: [agent],
  });
  const next = await makePackage(workshop, "3.1.0");
  await workshop.done("sign", next, ...key);
  await workshop.write("share/README.txt", "The share of the ships.");
  for (const folder of [packageFolder, next]) await workshop.done("publish", folder);
  const server = workshop.begin("serve");
  const url = await server.says(/^http:\S+$/m);
  const ship = workshop.begin("agent", "run", "ship-1.json");
  await ship.says(/listens/);
  for (const folder of [packageFolder, next]) {
    await workshop.done("push", "--package", folder, "--group", "ships", "--server", url, ...key);
    await ship.says(new RegExp(`finished +name=press-control version=${folder.slice(-5)}`));
  }

  const waiting = async (): Promise<number> =>
    (await workshop.json<{ receiptsWaiting: number }>("agent", "status", "ship-1.json"))
      .receiptsWaiting;
  await expect.poll(waiting).toBe(0);
  const seen = await workshop.done("agent", "status", "ship-1.json");
  expect(seen).toContain(`process ${process.pid}`);
  expect(seen).toMatch(/press-control +3\.1\.0 +3\.0\.0/);
  expect(await verdicts(workshop)).toMatchObject({
    exit: 0,
    found: {
      "data directory": "good",
      "install directory": "good",
      key: "good",
      trust: "good",
      clock: "good",
      "receiver unc": "good",
      "archives share": "good",
      "receipts unc": "good",
      agent: "good",
      receipts: "good",
    },
  });
  expect(await workshop.run(["agent", "rollback", "press-control", "ship-1.json"])).toMatchObject({
    exit: 3,
    stderr: expect.stringContaining("AGENT_BUSY"),
  });
  await ship.stop();

  const back = await workshop.done("agent", "rollback", "press-control", "ship-1.json");
  expect(back).toContain("press-control 3.0.0 runs again; 3.1.0 will not be installed here");
  expect(await workshop.read("ship-1/installed/press-control/current/app.txt")).toBe(
    "press-control 3.0.0\n",
  );
  await server.says(/"event":"receipt".*"agent":"ship-1","state":"rolledBack"/);
  const left = await verdicts(workshop);
  expect(left).toMatchObject({
    exit: 0,
    found: { agent: "doubtful", "quarantine press-control 3.1.0": "doubtful" },
  });
  expect(await workshop.run(["agent", "rollback", "press-control", "ship-1.json"])).toMatchObject({
    exit: 1,
    stderr: expect.stringContaining("NOTHING_KEPT"),
  });
  await server.stop();
});

test("the doctor says what is wrong, and what to do", async () => {
  await using workshop = await Workshop.open();
  await makeVendor(workshop);
  const late = createServer((_, response) => {
    response.sendDate = false;
    response.writeHead(404, { date: new Date(Date.now() - 3_600_000).toUTCString() }).end();
  });
  late.listen(0, "127.0.0.1");
  await once(late, "listening");
  const { port } = late.address() as AddressInfo;
  try {
    await makeAgent(
      workshop,
      "ship-1",
      { unc: true },
      {
        receivers: [
          { kind: "unc", root: "nowhere" },
          { kind: "maildir", path: "no-maildir" },
          { kind: "http", url: `http://127.0.0.1:${port}/` },
        ],
        obtain: { unc: { roots: ["nowhere"] }, http: { hosts: ["no-such-host.invalid"] } },
        receipts: [
          { kind: "http", url: "http://127.0.0.1:9/" },
          { kind: "unc", root: "nowhere" },
        ],
      },
    );
    await chmod(workshop.path("ship-1/installed"), 0o777);
    await chmod(workshop.path("ship-1/data/key.json"), 0o644);
    const before = await workshop.snapshot();
    const { exit, found } = await verdicts(workshop);
    expect(await workshop.snapshot()).toEqual(before);
    expect(exit).toBe(1);
    expect(found).toMatchObject({
      "data directory": "good",
      "install directory": "bad",
      key: "bad",
      trust: "good",
      "receiver unc": "bad",
      "receiver maildir": "bad",
      "receiver http": "bad",
      "archives nowhere": "bad",
      "archives no-such-host.invalid": "bad",
      "receipts http": "bad",
      "receipts unc": "bad",
      [`clock, 127.0.0.1:${port}`]: "bad",
    });
    const { stdout } = await workshop.run(["agent", "doctor", "ship-1.json", "--patience", "60"]);
    expect(stdout).toMatch(/BAD +install directory .*DIRECTORY_UNSAFE.*\n +→ .*chmod/);
    expect(stdout).toMatch(/\d+ of \d+ keep the agent from its work/);
    await rm(workshop.path("trust.json"));
    expect((await verdicts(workshop)).found).toMatchObject({ trust: "bad" });
  } finally {
    late.close();
  }
});

test("an agent that never ran: nothing is bad, and what comes next is said", async () => {
  await using workshop = await Workshop.open();
  await makeVendor(workshop);
  await workshop.write("share/catalog.json", "");
  await workshop.write("ship-2.json", {
    id: "ship-2",
    groups: ["ships"],
    dataDirectory: "ship-2/data",
    installDirectory: "ship-2/installed",
    trustFile: "trust.json",
    receivers: [{ kind: "maildir", path: "mail" }],
  });
  for (const folder of ["mail/new", "mail/cur", "mail/tmp"])
    await workshop.write(`${folder}/.keep`, "");
  const { exit, found } = await verdicts(workshop, "ship-2.json", "1");
  expect(exit).toBe(0);
  expect(found).toMatchObject({
    "data directory": "doubtful",
    key: "doubtful",
    trust: "good",
    "receiver maildir": "good",
  });
});

test("on the local network silence, a wrong interface and a server that is heard are told apart", async () => {
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const [port = 0] = await freePorts(1);
  const near = { segments: ["127.0.0.0/8"], allowLoopback: true };
  const asOf = async (more: object, patience = "1"): Promise<string> => {
    const receivers = [{ kind: "opportunistic" as const, ...near, ...more }];
    await makeAgent(workshop, "ship-1", { http: true }, { receivers });
    const argv = ["agent", "doctor", "ship-1.json", "--patience", patience];
    return (await workshop.run(argv)).stdout;
  };
  expect(await asOf({ segments: ["no9"] })).toMatch(
    /BAD +receiver opportunistic +No interface here is in its segments, no9: there are /,
  );
  expect(await asOf({ segments: ["no9"], mounts: ["stick"] })).toMatch(/look at +receiver opp/);
  expect(await asOf({ segments: [], mounts: ["stick"] })).toMatch(/ok +receiver opp.*not listened/);
  expect(await asOf({})).toMatch(
    /look at +receiver opportunistic +No server was heard on lo .*\n +→ .*5353/,
  );
  await makeServer(workshop, keys.server, {
    listen: { port },
    transports: { opportunistic: near },
  });
  const server = workshop.begin("serve");
  await server.says(/Announced on lo \(127\.0\.0\.1\/8\), port \d+\./);
  expect(await asOf({}, "60")).toMatch(/ok +receiver opportunistic +A catalog was heard, of http:/);
});

test("a server whose segments are not there says that nobody hears of it", async () => {
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const [port = 0] = await freePorts(1);
  await makeServer(workshop, keys.server, {
    listen: { port },
    transports: { opportunistic: { segments: ["no9"] } },
  });
  await workshop.begin("serve").says(/Announced nowhere: .*none is in .*segments/);
});
