/** THREATS A1: an attacker, or a restored backup, deletes or turns back what the agent remembers. */
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Bench } from "../support/agent-bench.ts";

let bench: Bench;
afterEach(async () => bench.clear());

async function onVersions(...versions: string[]): Promise<Uint8Array[]> {
  const messages: Uint8Array[] = [];
  for (const version of versions) {
    const pushed = await bench.publisher.push(await bench.publisher.release({ version }));
    expect(await bench.deliver(pushed)).toMatchObject({ verdict: "handled" });
    messages.push(pushed.bytes);
  }
  return messages;
}

/** An order of an old release, still in date, that nobody saw before. */
async function orderOld(): Promise<unknown> {
  return bench.deliver(
    await bench.publisher.push(await bench.publisher.release({ version: "1.5.0" })),
  );
}

test("A1 a deleted state file: never below what the package's own folder says", async () => {
  bench = await Bench.make();
  const [first] = await onVersions("1.0.0", "2.0.0");
  await bench.agent?.close();
  await rm(join(bench.data, "state.json"));
  await bench.start();
  expect(await bench.hand(first as Uint8Array)).toMatchObject({
    verdict: "refused",
    code: "DOWNGRADE",
  });
  expect(await orderOld()).toMatchObject({ verdict: "refused", code: "DOWNGRADE" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 2.0.0\n");
});

test("A1 a state file turned back to an older copy: the same", async () => {
  bench = await Bench.make();
  await onVersions("1.0.0");
  const old = await readFile(join(bench.data, "state.json"));
  await onVersions("2.0.0");
  await bench.agent?.close();
  await writeFile(join(bench.data, "state.json"), old);
  await bench.start();
  expect(await orderOld()).toMatchObject({ verdict: "refused", code: "DOWNGRADE" });
  expect((await bench.agent?.status())?.installed["demo-app"]?.version).toBe("2.0.0");
});

test("A1 everything deleted, the copies too: never below what came with the product", async () => {
  bench = await Bench.make({ bundled: { "demo-app": "1.8.0" } });
  await onVersions("2.0.0");
  await bench.agent?.close();
  await rm(bench.data, { recursive: true });
  await rm(join(bench.install, "demo-app"), { recursive: true });
  await bench.start();
  expect(await orderOld()).toMatchObject({ verdict: "refused", code: "DOWNGRADE" });
});

test("A1 a damaged state file is not believed, and receipts go on counting upwards", async () => {
  bench = await Bench.make();
  await onVersions("1.0.0", "2.0.0");
  const [last] = (await bench.receipts()).toReversed();
  await bench.agent?.close();
  const path = join(bench.data, "state.json");
  await writeFile(path, (await readFile(path, "utf8")).replace('"sequence":', '"sequence":"no",'));
  await bench.start();
  expect(await orderOld()).toMatchObject({ verdict: "refused", code: "DOWNGRADE" });
  const [newest] = (await bench.receipts()).toReversed();
  expect(newest?.counter).toBeGreaterThan(last?.counter ?? Infinity);
});

test("A1 a state file whose parts are not what they are read as is a damaged one", async () => {
  bench = await Bench.make();
  await onVersions("1.0.0", "2.0.0");
  await bench.agent?.close();
  const path = join(bench.data, "state.json");
  const good = JSON.parse(await readFile(path, "utf8")) as object;
  const parts = ["installed", "quarantined", "counter", "answered", "settledNotifications"];
  for (const part of [...parts, "controls"])
    for (const value of [null, "x", { a: 5 }]) {
      await writeFile(path, JSON.stringify({ ...good, [part]: value }));
      await bench.start();
      expect([part, value, await orderOld()]).toMatchObject([part, value, { code: "DOWNGRADE" }]);
      await bench.agent?.close();
    }
});

test("A1 the clock turned: no version falls, and what is dated wrongly waits or is refused", async () => {
  bench = await Bench.make();
  const { simulator } = bench.publisher;
  const [first] = await onVersions("1.0.0", "2.0.0");
  const today = simulator.now;
  for (const days of [-3650, -1, 1, 3650]) {
    simulator.now = new Date(today.getTime() + days * 86_400_000);
    const { verdict } = await bench.hand(first as Uint8Array);
    expect(["refused", "postponed"]).toContain(verdict);
    expect(await bench.installedText("app.txt")).toBe("demo-app 2.0.0\n");
  }
});
