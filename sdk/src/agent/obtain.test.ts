import { afterEach, expect, test } from "vitest";
import { Bench, incoming } from "../../test/support/agent-bench.ts";
import { verifies } from "../../test/support/verifies.ts";
import { OutriderError } from "../errors/index.ts";
import type { Source } from "../schema/index.ts";
import type { Obtainer } from "../transport/index.ts";
import { decideSources } from "./obtain.ts";

const full = { sha256: "a".repeat(64), size: 10 };
const attachment = { path: "/spool/1", size: 10 };

function obtainers(...names: string[]): Obtainer[] {
  return names.map((name) => ({
    name,
    obtain: async () => {
      throw new OutriderError("UNAVAILABLE", "not here");
    },
  }));
}

function decide(
  sources: Source[],
  equipped: Partial<Parameters<typeof decideSources>[1]>,
): string[] {
  const { attempts, trace } = decideSources(
    { archives: [full], sources },
    { obtainers: [], attachment: undefined, ...equipped },
  );
  return [...attempts.map(({ source }) => source.kind), ...trace];
}

const http: Source = { kind: "http", url: "http://packages.test/" };
const unc: Source = { kind: "unc" };
const attached: Source = { kind: "attached" };

test("Fig. 4, 86: what is attached comes first, wherever the server put it", () => {
  verifies("step-86");
  const all = obtainers("http", "unc", "attached");
  expect(decide([http, unc, attached], { obtainers: all, attachment })).toEqual([
    "attached",
    "http",
    "unc",
  ]);
});

test("Fig. 4, 87: without an attachment the server's order holds, as far as the agent is equipped", () => {
  verifies("step-87");
  const nothing = "attached: nothing came along";
  expect(
    decide([attached, unc, http], { obtainers: obtainers("http", "unc", "attached") }),
  ).toEqual(["unc", "http", nothing]);
  expect(decide([attached, http, unc], { obtainers: obtainers("unc") })).toEqual([
    "unc",
    nothing,
    "http: not equipped for it",
  ]);
  expect(decide([http], { obtainers: [] })).toEqual(["http: not equipped for it"]);
});

test("a patch is for another base: only the full archive is tried", () => {
  const { attempts } = decideSources(
    { archives: [{ ...full, base: "b".repeat(64) }, full], sources: [unc] },
    { obtainers: obtainers("unc"), attachment: undefined, installed: "c".repeat(64) },
  );
  expect(attempts.map(({ archive }) => archive)).toEqual([full]);
});

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
    expect.arrayContaining(["attached: nothing came along", "http: UNAVAILABLE", "unc: obtained"]),
  );
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
