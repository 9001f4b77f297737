import { afterEach, expect, test } from "vitest";
import { Bench } from "../../test/support/agent-bench.ts";
import { nodeFileSystem } from "../ports/index.ts";
import type { PolicyQuestion } from "./policy.ts";

const at = (text: string): Date => new Date(text);

let bench: Bench;
afterEach(async () => bench?.clear());

test("waits for the window with the archive at hand, then installs", async () => {
  bench = await Bench.make({ policy: { windows: [{ from: "02:00", to: "04:00" }] } });
  const { simulator } = bench.publisher;
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  expect(await bench.deliver(pushed)).toMatchObject({ verdict: "handled", code: "DEFERRED" });
  bench.host.clear();
  expect(await bench.agent?.resume()).toBe(1);
  simulator.now = at("2026-11-23T02:30:00Z");
  expect(await bench.agent?.resume()).toBe(0);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("asks the product, which may put it off, also over a restart", async () => {
  const questions: PolicyQuestion[] = [];
  const answers: ("now" | "later")[] = ["later", "later", "now"];
  const ask = (question: PolicyQuestion): "now" | "later" => {
    questions.push(question);
    return answers.shift() ?? "now";
  };
  bench = await Bench.make({ policy: { ask } });
  const pushed = await bench.publisher.push(
    await bench.publisher.release({ version: "1.0.0", source: { description: "Mends the till." } }),
  );
  expect(await bench.deliver(pushed)).toMatchObject({ code: "DEFERRED" });
  expect(bench.events).toContainEqual(
    expect.objectContaining({ type: "postponed", code: "DEFERRED" }),
  );
  await bench.start();
  expect(await bench.agent?.resume()).toBe(1);
  expect(await bench.agent?.resume()).toBe(0);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  expect(questions).toHaveLength(3);
  expect(questions[0]).toEqual({
    name: "demo-app",
    version: "1.0.0",
    kind: "program",
    description: "Mends the till.",
  });
});

test("a newer release overtakes one that waits: the old one is answered, not installed", async () => {
  let answer: "now" | "later" = "later";
  bench = await Bench.make({ policy: { ask: () => answer } });
  const { publisher } = bench;
  await bench.deliver(await publisher.push(await publisher.release({ version: "1.0.0" })));
  answer = "now";
  await bench.deliver(await publisher.push(await publisher.release({ version: "2.0.0" })));
  await bench.agent?.resume();
  expect(await bench.installedText("app.txt")).toBe("demo-app 2.0.0\n");
  const receipts = await bench.receipts();
  expect(receipts.map((receipt) => [receipt.package.version, receipt.outcome])).toEqual([
    ["1.0.0", "deferred"],
    ["2.0.0", "installed"],
    ["1.0.0", "refused"],
  ]);
});

test("what waited past its expiry is refused, not installed", async () => {
  bench = await Bench.make({ policy: { ask: () => "later" } });
  await bench.deliver(
    await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" })),
  );
  bench.publisher.simulator.pass(8);
  await bench.agent?.resume();
  expect((await bench.receipts()).map(({ outcome, code }) => [outcome, code])).toEqual([
    ["deferred", "DEFERRED"],
    ["refused", "EXPIRED"],
  ]);
  expect((await bench.agent?.status())?.unfinished).toEqual([]);
});

test("a package waits for the one that it requires, then goes in by itself", async () => {
  bench = await Bench.make();
  const { publisher } = bench;
  const app = await publisher.release({
    version: "1.0.0",
    source: { requires: { "demo-data": "^2.0.0" } },
  });
  const data = await publisher.release({ name: "demo-data", version: "2.3.0" });
  const old = await publisher.release({ name: "demo-data", version: "1.0.0" });
  expect(await bench.deliver(await publisher.push(old))).toMatchObject({ verdict: "handled" });
  expect(await bench.deliver(await publisher.push(app))).toMatchObject({ code: "REQUIREMENT" });
  expect(await bench.installedText("app.txt")).toBeUndefined();
  await bench.deliver(await publisher.push(data));
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("a stepping stone is waited for", async () => {
  bench = await Bench.make();
  const { publisher } = bench;
  await bench.deliver(await publisher.push(await publisher.release({ version: "1.0.0" })));
  const far = await publisher.push(
    await publisher.release({ version: "3.0.0", source: { minimumVersion: "2.0.0" } }),
  );
  expect(await bench.deliver(far)).toMatchObject({ code: "REQUIREMENT" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("waiting costs no journal writes, however often it is looked at", async () => {
  bench = await Bench.make({ policy: { ask: () => "later" } });
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  await bench.deliver(pushed);
  for (let look = 0; look < 60; look++) expect(await bench.agent?.resume()).toBe(1);
  for (let restart = 0; restart < 40; restart++) {
    await bench.start();
    expect(await bench.agent?.resume()).toBe(1);
  }
  await bench.start({ policy: {} });
  expect(await bench.agent?.resume()).toBe(0);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("of several that wait, the site's order decides, then the order in which they came", async () => {
  let answer: "now" | "later" = "later";
  const policy = { ask: () => answer, priority: ["till-os", "data-*"] };
  bench = await Bench.make({ policy });
  const { publisher } = bench;
  const names = ["app-z", "data-b", "app-a", "till-os"];
  for (const name of names) {
    await bench.deliver(await publisher.push(await publisher.release({ name, version: "1.0.0" })));
    publisher.simulator.pass(0.01);
  }
  answer = "now";
  expect(await bench.agent?.resume()).toBe(0);
  const finished = bench.events.flatMap((event) => (event.type === "finished" ? [event.name] : []));
  expect(finished).toEqual(["till-os", "data-b", "app-z", "app-a"]);
});

test("what waits for another goes in with it, whatever their order", async () => {
  let answer: "now" | "later" = "later";
  bench = await Bench.make({ policy: { ask: () => answer, priority: ["demo-app"] } });
  const { publisher } = bench;
  const requires = { "demo-data": "^1.0.0" };
  const releases = [
    await publisher.release({ version: "1.0.0", source: { requires } }),
    await publisher.release({ name: "demo-data", version: "1.0.0" }),
  ];
  for (const release of releases) await bench.deliver(await publisher.push(release));
  answer = "now";
  expect(await bench.agent?.resume()).toBe(0);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("room for archive and files is asked for before anything is fetched; where there is none it waits", async () => {
  let free = 100_000;
  const fileSystem = { ...nodeFileSystem, freeBytes: async () => free };
  bench = await Bench.make({ policy: { keepFreeBytes: 50_000_000 } });
  await bench.start({ fileSystem });
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  expect(await bench.deliver(pushed)).toMatchObject({ verdict: "handled", code: "SPACE" });
  free = 50_000_000 + 100_000; // the archive fits, what it unpacks to does not
  expect(await bench.agent?.resume()).toBe(1);
  expect(bench.obtained).toEqual([]);
  expect((await bench.agent?.status())?.unfinished).toMatchObject([
    { state: "authenticated", waiting: { code: "SPACE" } },
  ]);
  free = 50_000_000 + 10_000_000;
  expect(await bench.agent?.resume()).toBe(0);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("the rate that the site allows reaches whatever obtains", async () => {
  const rates: (number | undefined)[] = [];
  bench = await Bench.make({ policy: { bytesPerSecond: 20_000 } });
  const memory = bench.obtainer("http");
  await bench.start({
    obtainers: [
      {
        name: "http",
        obtain: async (request, options) => {
          rates.push(request.bytesPerSecond);
          return memory.obtain(request, options);
        },
      },
    ],
  });
  await bench.deliver(
    await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" })),
  );
  expect(rates).toEqual([20_000]);
});
