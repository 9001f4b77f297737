/** Machines that no network reaches: a stick goes out with what is current, and comes back with receipts. */
import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { RegisteredAgent, ServerConfig } from "../../src/schema/index.ts";
import { isRoot, outsideTool } from "../support/tools.ts";
import { verifies } from "../support/verifies.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import { makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const dayMs = 24 * 3600 * 1000;

interface Written {
  readonly expiresAt: string;
  readonly releases: readonly { readonly name: string; readonly version: string }[];
  readonly copied: number;
  readonly receipts: number;
}

/** A ship that is brought sticks, with no more said of them than where they appear. */
async function makeShip(workshop: Workshop): Promise<RegisteredAgent> {
  return makeAgent(
    workshop,
    "ship-1",
    { stick: true },
    {
      receivers: [{ kind: "opportunistic", segments: ["no-such-link"], mounts: ["mount"] }],
      receipts: [{ kind: "unc", root: "mount" }],
    },
  );
}

/** Those that are whole: until then they have another name. */
async function receiptsIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
}

async function order(
  workshop: Workshop,
  keys: { readonly ada: KeyFiles },
  url: string,
): Promise<string> {
  const push = ["push", "--package", packageFolder, "--group", "ships", "--server", url];
  const { deployment } = await workshop.json<{ deployment: string }>(
    ...push,
    "--key",
    keys.ada.secretKey,
  );
  return deployment;
}

const stick: ServerConfig["transports"] = { stick: { validDays: 60 } };

test("out on a stick, installed, and back with receipts: the deployment is finished", async () => {
  verifies("transport-opportunistic", "step-89", "step-91", "receipt");
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  await makeServer(workshop, keys.server, {
    transports: stick,
    agents: [await makeShip(workshop)],
  });
  await workshop.done("publish", packageFolder);
  const server = workshop.begin("serve");
  const url = await server.says(/http:\S+$/m);
  const deployment = await order(workshop, keys, url);
  await server.says(/"event":"job".*"transport":"stick","recipients":1.*"outcome":"booked"/);

  await mkdir(workshop.path("stick"));
  const written = await workshop.json<Written>("bundle", "stick");
  expect(written.releases).toMatchObject([{ name: "press-control", version: "3.0.0" }]);
  const days = (Date.parse(written.expiresAt) - Date.now()) / dayMs;
  expect(Math.round(days)).toBe(60);
  expect(await workshop.done("bundle", "stick", "--days", "7")).toMatch(
    /1 release on stick, 0 B copied\.\n.*\n.*\npress-control .*\nThe stick counts until 20\S+; afterwards/,
  );

  // Whoever saw the stick does not take what the server shows for old.
  const sequenceIn = (envelope: string): number =>
    (JSON.parse((JSON.parse(envelope) as { document: string }).document) as { sequence: number })
      .sequence;
  const shown = await (await fetch(new URL("catalog.json", url))).text();
  expect(sequenceIn(shown)).toBeGreaterThan(sequenceIn(await workshop.read("stick/catalog.json")));

  // The mount point is there before the stick is: nothing is written into it meanwhile.
  await mkdir(workshop.path("mount"));
  const ship = workshop.begin("agent", "run", "ship-1.json");
  await ship.says(/Agent ship-1 \(ships\) listens/);
  await rm(workshop.path("mount"), { recursive: true });
  await rename(workshop.path("stick"), workshop.path("mount"));
  await ship.says(/finished +name=press-control version=3\.0\.0 outcome=installed/);
  await expect.poll(() => receiptsIn(workshop.path("mount", "receipts"))).toHaveLength(1);
  await ship.stop();
  await rename(workshop.path("mount"), workshop.path("stick"));
  expect(await workshop.read("ship-1/installed/press-control/current/app.txt")).toBe(
    "press-control 3.0.0\n",
  );

  expect(await workshop.done("bundle", "stick")).toContain(
    "1 receipt came back on it: outrider receipts import stick",
  );
  const again = workshop.path("stick", "receipts");
  const copy = await mkdtemp(join(tmpdir(), "outrider-copy-"));
  try {
    execFileSync("cp", ["-r", again, copy]);
    expect(await workshop.done("receipts", "import", "stick", "--server", url)).toBe(
      "1 receipt counted, 0 known already, 0 refused.\n",
    );
    expect(await readdir(again)).toEqual([]);
    expect(await workshop.json("receipts", "import", copy, "--server", url)).toEqual({
      counted: 0,
      known: 1,
      refused: [],
      left: 0,
    });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
  expect(await workshop.done("status", deployment, "--server", url)).toMatch(/finished/);
  await server.stop();
});

test("a server that does not run takes receipts in too; what is forged stays on the stick", async () => {
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const agent = await makeShip(workshop);
  await makeServer(workshop, keys.server, { transports: stick, agents: [agent] });
  await workshop.done("publish", packageFolder);
  const server = workshop.begin("serve");
  const url = await server.says(/http:\S+$/m);
  await order(workshop, keys, url);
  await server.says(/"event":"job".*"transport":"stick"/);
  await server.stop();
  await mkdir(workshop.path("mount"));
  await workshop.done("bundle", "mount");
  const ship = workshop.begin("agent", "run", "ship-1.json");
  await ship.says(/finished .*outcome=installed/);
  const receipts = workshop.path("mount", "receipts");
  await expect.poll(() => receiptsIn(receipts)).toHaveLength(1);
  await ship.stop();
  const [name = ""] = await readdir(receipts);
  const forged = (await readFile(join(receipts, name), "utf8")).replace("installed", "failed");
  await writeFile(join(receipts, `${"a".repeat(64)}.json`), forged);
  const imported = await workshop.run(["receipts", "import", "mount", "--json"]);
  expect(imported.exit).toBe(1);
  expect(JSON.parse(imported.stdout)).toMatchObject({
    counted: 1,
    known: 0,
    refused: [{ code: "SIGNATURE_INVALID" }],
  });
  expect(await readdir(receipts)).toEqual([`${"a".repeat(64)}.json`]);
});

test("a stick is refused before anything is written: too small, not there, not asked for", async () => {
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  await makeServer(workshop, keys.server, { agents: [] });
  expect(await workshop.run(["bundle", "stick"])).toMatchObject({
    exit: 2,
    stderr: expect.stringContaining('has no transports.stick: add "stick": {}'),
  });
  await makeServer(workshop, keys.server, { transports: { stick: {} }, agents: [] });
  expect(await workshop.run(["bundle", "stick"])).toMatchObject({
    stderr: expect.stringMatching(/^error FILE_MISSING: .*stick is no folder: is the stick in/),
  });
  expect((await workshop.run(["bundle", ".", "--days", "400"])).stderr).toMatch(/1 to 365 days/);
  const small = await tinyDisk();
  if (small === undefined) return;
  try {
    const refused = await workshop.run(["bundle", small]);
    expect(refused.stderr).toMatch(
      /^error SPACE: .* has \d+ kB free, and 1\.\d MB are needed; nothing was written/,
    );
    expect(await readdir(small)).toEqual([]);
  } finally {
    execFileSync("umount", [small]);
    await rm(small, { recursive: true });
  }
});

test("what was cut is gone on with, and what is current no more leaves the stick", async () => {
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  await makeServer(workshop, keys.server, {
    transports: stick,
    agents: [await makeShip(workshop)],
  });
  await workshop.done("publish", packageFolder);
  const server = workshop.begin("serve");
  const url = await server.says(/http:\S+$/m);
  await order(workshop, keys, url);
  await server.says(/"event":"job".*"transport":"stick"/);
  await mkdir(workshop.path("stick", "packages"), { recursive: true });
  const { copied } = await workshop.json<Written>("bundle", "stick");
  const [name = ""] = await readdir(workshop.path("stick", "packages"));
  const whole = await readFile(workshop.path("stick", "packages", name));
  expect(whole.length).toBe(copied);
  // As a stick that was pulled out in the middle holds it, with what an earlier bundle left.
  await writeFile(workshop.path("stick", "packages", `${name}.partial`), whole.subarray(0, 500));
  await rm(workshop.path("stick", "packages", name));
  await writeFile(workshop.path("stick", "packages", `${"b".repeat(64)}.outrider`), "old");
  await writeFile(workshop.path("stick", "packages", "holiday.jpg"), "not ours");
  expect((await workshop.json<Written>("bundle", "stick")).copied).toBe(copied - 500);
  expect(await readdir(workshop.path("stick", "packages"))).toEqual(
    [name, "holiday.jpg"].toSorted(),
  );
  expect((await stat(workshop.path("stick", "packages", name))).size).toBe(copied);
  await server.stop();
});

/** A disk of 200 kB; undefined, said loudly, where none can be made. */
async function tinyDisk(): Promise<string | undefined> {
  if (outsideTool("mount") === undefined || !isRoot()) return undefined;
  const path = await mkdtemp(join(tmpdir(), "outrider-tiny-"));
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=200k", "tmpfs", path]);
  return path;
}
