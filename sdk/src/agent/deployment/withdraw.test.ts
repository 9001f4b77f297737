import { afterEach, expect, test } from "vitest";
import { Bench } from "../../../test/support/agent-bench.ts";
import { FaultFileSystem } from "../../../test/support/fault-filesystem.ts";
import { contentBelow } from "../../../test/support/installed-content.ts";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import type { Pushed } from "../../../test/support/publisher.ts";
import { encodeEnvelope } from "../../messages/index.ts";
import type { Install } from "../../schema/index.ts";

let bench: Bench;
afterEach(async () => bench.clear());

async function install(version: string, how: Install = { strategy: "directory" }): Promise<Pushed> {
  const { publisher } = bench;
  const pushed = await publisher.push(await publisher.release({ version, install: how }));
  expect(await bench.deliver(pushed)).toMatchObject({
    detail: `demo-app ${version} is installed.`,
  });
  return pushed;
}

const rollBack = async (): Promise<unknown> => (await bench.start()).rollBack("demo-app");

test("the version before runs again, the server is told, and only a higher version goes in", async () => {
  bench = await Bench.make();
  await install("1.0.0");
  const left = await install("2.0.0");
  expect(await rollBack()).toEqual({ name: "demo-app", left: "2.0.0", version: "1.0.0" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  const status = await bench.agent?.status();
  expect(status?.installed["demo-app"]?.version).toBe("1.0.0");
  expect(status?.quarantined).toMatchObject([{ version: "2.0.0", code: "WITHDRAWN" }]);
  expect(status?.unfinished).toEqual([]);
  const receipt = (await bench.receipts()).at(-1);
  expect(receipt).toMatchObject({
    outcome: "rolledBack",
    code: "WITHDRAWN",
    deployment: left.document.deployment,
    before: "1.0.0",
    installed: { "demo-app": "1.0.0" },
  });
  const again = await bench.publisher.push(left.release);
  expect(await bench.deliver(again)).toMatchObject({ verdict: "refused", code: "QUARANTINED" });
  await install("2.1.0");
  expect(await rollBack()).toMatchObject({ left: "2.1.0", version: "1.0.0" });
});

test("there is no way back from the first version, nor twice, nor where nothing was kept", async () => {
  bench = await Bench.make();
  const refused = { code: "NOTHING_KEPT" };
  await expect(rollBack()).rejects.toMatchObject(refused);
  await install("1.0.0");
  await expect(rollBack()).rejects.toMatchObject(refused);
  await install("2.0.0");
  await rollBack();
  await expect(rollBack()).rejects.toMatchObject(refused);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  await bench.clear();
  bench = await Bench.make();
  await install("1.0.0", { strategy: "files" });
  await install("2.0.0", { strategy: "files" });
  await expect(rollBack()).rejects.toMatchObject(refused);
});

test("no way leads back to a release that was recalled meanwhile, and what runs here though it was is shown", async () => {
  bench = await Bench.make();
  const bad = await install("1.0.0");
  const { simulator } = bench.publisher;
  const manifest = /"manifest":"([0-9a-f]{64})"/.exec(bad.trigger.text)?.[1] ?? "";
  const { deployment } = bad.document;
  const recall = encodeEnvelope(await simulator.control("recall", { deployment, manifest }));
  expect(await bench.hand(recall, { transport: "email" })).toMatchObject({ verdict: "handled" });
  const recalled = { name: "demo-app", version: "1.0.0", by: "a control" };
  expect((await bench.agent?.status())?.recalled).toEqual([{ ...recalled, place: "installed" }]);
  await install("2.0.0");
  await expect(rollBack()).rejects.toMatchObject({
    code: "RECALLED",
    message: expect.stringContaining("1.0.0, which ran before it, was recalled by a control"),
  });
  expect(await bench.installedText("app.txt")).toBe("demo-app 2.0.0\n");
  const status = await bench.agent?.status();
  expect(status?.recalled).toEqual([{ ...recalled, place: "before" }]);
  expect(status?.unfinished).toEqual([]);
});

test("a state file that was lost does not take the way back along", async () => {
  bench = await Bench.make();
  await install("1.0.0");
  await install("2.0.0");
  await bench.agent?.close();
  bench.agent = undefined;
  await bench.fileSystem.remove(`${bench.data}/state.json`);
  expect(await rollBack()).toMatchObject({ version: "1.0.0" });
});

test("killed at every call: one version or the other, and the next start brings it to its end", async () => {
  const before = new MemoryDisk();
  await before.makeDirectory("/machine");
  bench = await Bench.make({ fileSystem: before });
  const { publisher } = bench;
  await install("1.0.0");
  await install("2.0.0");
  await bench.receipts();
  await bench.clear();
  let begun = 0;
  for (let at = 1; ; at++) {
    const disk = before.clone();
    await disk.remove("/machine/data/lock");
    const faulty = new FaultFileSystem(disk);
    bench = await Bench.make({ publisher, fileSystem: faulty });
    const agent = await bench.start();
    faulty.calls = 0;
    faulty.fault = { at, kind: "kill" };
    await agent.rollBack("demo-app").catch(() => undefined);
    const { fired } = faulty;
    await agent.close().catch(() => undefined);
    await disk.remove("/machine/data/lock");
    bench = await Bench.make({ publisher, fileSystem: disk });
    const next = await bench.start();
    await next.resume();
    const { installed, unfinished } = await next.status();
    const version = installed["demo-app"]?.version ?? "";
    const runs = contentBelow(disk, "/machine/install/demo-app/current")["app.txt"];
    expect([at, runs]).toEqual([at, `demo-app ${version}\n`]);
    expect(unfinished).toEqual([]);
    const told = (await bench.receipts()).map(({ outcome }) => outcome);
    expect(told).toEqual(version === "1.0.0" ? ["rolledBack"] : []);
    if (version === "1.0.0") begun++;
    await bench.clear();
    if (!fired) break;
  }
  expect(begun).toBeGreaterThan(10);
});
