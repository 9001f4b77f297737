import { afterEach, expect, test } from "vitest";
import { Bench, incoming } from "../../../test/support/agent-bench.ts";
import { verifies } from "../../../test/support/verifies.ts";
import { OutriderError } from "../../errors/index.ts";
import type { Source } from "../../schema/index.ts";
import type { Obtainer, Reach } from "../../transport/index.ts";

const attachment = { path: "/spool/1", size: 10 };
const http: Source = { kind: "http", url: "http://packages.test/" };
const unc: Source = { kind: "unc" };
const attached: Source = { kind: "attached" };

let bench: Bench;
afterEach(async () => bench?.clear());

test("falls back while running, and the receipt tells the way", async () => {
  verifies("step-87");
  bench = await Bench.make();
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }), {
    notification: { sources: [attached, http, unc] },
  });
  const down = bench.obtainer("http", () => undefined);
  await bench.start({ obtainers: [down, bench.obtainer("unc")] });
  expect(await bench.deliver(pushed)).toMatchObject({ detail: "demo-app 1.0.0 is installed." });
  expect(bench.obtained).toEqual(["http", "unc"]);
  const [receipt] = await bench.receipts();
  expect(receipt).toMatchObject({ obtainer: "unc", outcome: "installed" });
  expect(receipt?.trace).toEqual(
    expect.arrayContaining([
      "attached: nothing came along",
      "http packages.test: UNAVAILABLE",
      "unc: obtained",
    ]),
  );
});

test("ways are probed before the choice, one answer serves a minute, and no answer puts a way off", async () => {
  bench = await Bench.make();
  const probed: string[] = [];
  const probing = (name: string, reach: () => Promise<Reach>): Obtainer => ({
    ...bench.obtainer(name),
    probe: async () => {
      probed.push(name);
      return reach();
    },
  });
  await bench.start({
    obtainers: [
      probing("http", () => Promise.reject(new Error("no route"))),
      probing("unc", async () => "reachable"),
    ],
  });
  for (const version of ["1.0.0", "1.1.0"]) {
    const release = await bench.publisher.release({ version });
    const pushed = await bench.publisher.push(release, { notification: { sources: [http, unc] } });
    await bench.deliver(pushed);
  }
  expect(bench.obtained).toEqual(["unc", "unc"]);
  expect(probed).toEqual(["http", "unc"]);
  expect((await bench.receipts())[0]?.trace).toEqual(
    expect.arrayContaining(["http packages.test: does not answer, put off", "unc: obtained"]),
  );
});

test("one way alone is not probed", async () => {
  bench = await Bench.make();
  const probed: string[] = [];
  const obtainer: Obtainer = {
    ...bench.obtainer("http"),
    probe: async ({ sha256 }) => {
      probed.push(sha256);
      return "unreachable";
    },
  };
  await bench.start({ obtainers: [obtainer] });
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  expect(await bench.deliver(pushed)).toMatchObject({ verdict: "handled" });
  expect(probed).toEqual([]);
});

test("no source answers: it waits, and goes on by itself when one does", async () => {
  bench = await Bench.make();
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  expect(await bench.hand(pushed.bytes)).toMatchObject({ verdict: "handled", code: "SOURCE_NONE" });
  expect((await bench.agent?.status())?.unfinished).toMatchObject([{ state: "authenticated" }]);
  bench.host.set(pushed.release.archive.sha256, pushed.release.archive.bytes);
  expect(await bench.agent?.resume()).toBe(0);
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("an archive that was swapped under its name is not installed, and does not keep the good one away", async () => {
  bench = await Bench.make();
  const { archive } = await bench.publisher.release({
    version: "1.0.0",
    files: { "app.txt": "evil\n" },
  });
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  const swapped: Obtainer = {
    name: "unc",
    obtain: async ({ target }) => {
      await bench.fileSystem.remove(target);
      const handle = await bench.fileSystem.open(target, "create");
      await handle.write(archive.bytes);
      await handle.close();
      throw new OutriderError("PACKAGE_DIGEST", "It is another one.");
    },
  };
  await bench.start({ obtainers: [swapped, bench.obtainer("http")] });
  const both = await bench.publisher.announce(pushed.release, pushed.trigger, {
    notification: { sources: [unc, http] },
  });
  expect(await bench.hand(both.bytes)).toMatchObject({ code: "PACKAGE_DIGEST" });
  expect(await bench.installedText("app.txt")).toBeUndefined();
  expect((await bench.receipts())[0]).toMatchObject({
    outcome: "deferred",
    code: "PACKAGE_DIGEST",
  });

  expect(await bench.deliver(both)).toMatchObject({ detail: "demo-app 1.0.0 is installed." });
  expect((await bench.receipts())[1]).toMatchObject({ outcome: "installed", obtainer: "http" });
});

test("the message stays unsettled until its attachment is ours", async () => {
  bench = await Bench.make();
  const agent = await bench.start({ obtainers: [bench.obtainer("attached", () => undefined)] });
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }), {
    notification: { sources: [attached] },
  });
  const settled: string[] = [];
  const message = { ...incoming(pushed.bytes, { settled }), attachment };
  expect(await agent.receiveOne(message)).toMatchObject({
    verdict: "postponed",
    code: "SOURCE_NONE",
  });
  expect(settled).toEqual([]);
});
