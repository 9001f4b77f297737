/** Patches at the agent: the cheapest archive that fits, and the full package by itself where a patch does not. */
import { randomBytes } from "node:crypto";
import { readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Deployer, State } from "../../src/agent/index.ts";
import type { Install, Receipt, Source } from "../../src/schema/index.ts";
import { Bench } from "../support/agent-bench.ts";
import { contentBelow } from "../support/installed-content.ts";
import { watchJournal } from "../support/journal-watch.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { Publisher, type Pushed, type Release } from "../support/publisher.ts";
import { verifies } from "../support/verifies.ts";

const library = randomBytes(30_000).toString("hex");
const program = (version: string): Record<string, string> => ({
  "app.txt": `${version} ${library}`,
  "lib/library.txt": library,
  [`added-in-${version}.txt`]: version,
});

let publisher: Publisher;
let releases: Record<"1.0.0" | "1.1.0" | "1.2.0", Release>;
beforeAll(async () => {
  publisher = await Publisher.start();
  releases = await chain({ strategy: "directory" });
});

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make({ publisher });
});
afterEach(() => bench.clear());

/** Three versions; the second and third with patches from those before. */
async function chain(install: Install): Promise<typeof releases> {
  const make = (version: string, from: readonly Release[]): Promise<Release> =>
    publisher.release({ version, files: program(version), install, from });
  const first = await make("1.0.0", []);
  const second = await make("1.1.0", [first]);
  return { "1.0.0": first, "1.1.0": second, "1.2.0": await make("1.2.0", [first, second]) };
}

async function deliver(release: Release): Promise<Receipt> {
  const pushed = await publisher.push(release);
  expect(await bench.deliver(pushed)).toMatchObject({
    detail: `demo-app ${release.version} is installed.`,
  });
  for (const [path, content] of Object.entries(program(release.version)))
    expect(await bench.installedText(path)).toBe(content);
  return (await bench.receipts()).at(-1)!;
}

const size = (release: Release, from?: Release): number => {
  if (from === undefined) return release.archive.size;
  const index = ["1.0.0", "1.1.0"].indexOf(from.version);
  return release.patches[index]!.size;
};

test.each<Install["strategy"]>(["directory", "files"])(
  "strategy %s: one version after the other, each by its patch",
  async (strategy) => {
    verifies("step-90");
    const made = strategy === "directory" ? releases : await chain({ strategy });
    expect((await deliver(made["1.0.0"])).bytes).toBe(size(made["1.0.0"]));
    const second = await deliver(made["1.1.0"]);
    expect(second.bytes).toBe(size(made["1.1.0"], made["1.0.0"]));
    expect(second.trace).toEqual(
      expect.arrayContaining(["patch from 1.0.0: fits", "http packages.test: obtained the patch"]),
    );
    expect((await deliver(made["1.2.0"])).bytes).toBe(size(made["1.2.0"], made["1.1.0"]));
    expect(await bench.installedText("added-in-1.1.0.txt")).toBeUndefined();
  },
);

test("of several patches the one of what is installed", async () => {
  await deliver(releases["1.0.0"]);
  expect((await deliver(releases["1.2.0"])).bytes).toBe(size(releases["1.2.0"], releases["1.0.0"]));
});

test("a patch that came along is taken as such", async () => {
  await deliver(releases["1.0.0"]);
  const [patch] = releases["1.1.0"].patches;
  const path = join(bench.root, "attachment");
  await writeFile(path, patch!.bytes);
  await bench.start({ obtainers: [bench.obtainer("http"), bench.obtainer("attached")] });
  const sources: Source[] = [{ kind: "attached" }, { kind: "http", url: "http://packages.test/" }];
  const pushed = await publisher.push(releases["1.1.0"], { notification: { sources } });
  bench.host.set(patch!.sha256, patch!.bytes);
  await bench.agent!.receiveOne({
    bytes: pushed.bytes,
    origin: "memory",
    attachment: { path, size: patch!.size },
    settle: () => Promise.resolve(),
  });
  expect((await bench.receipts()).at(-1)).toMatchObject({
    obtainer: "attached",
    outcome: "installed",
  });
});

describe("the full package is taken, and the receipt says why,", () => {
  const kept = (digest: string): string =>
    join(bench.install, "demo-app", "manifests", `${digest}.json`);
  const file = (path: string): string => join(bench.install, "demo-app", "current", path);
  const manifestOf = ({ patches }: Release): string => patches[0]!.base;

  test.each<[string, () => Promise<void>, string]>([
    [
      "where a file of the base has another length",
      () => writeFile(file("app.txt"), "altered"),
      "patch from 1.0.0: what is installed is not as it was released",
    ],
    [
      "where a file of the base is gone",
      () => rm(file("lib/library.txt")),
      "patch from 1.0.0: what is installed is not as it was released",
    ],
    [
      "where a file of the base was altered and has its length",
      () => writeFile(file("app.txt"), program("1.0.1")["app.txt"]!),
      "the patch cannot be used: PACKAGE_BASE; the full package is taken",
    ],
    [
      "where the manifest of the base is gone",
      () => rm(kept(manifestOf(releases["1.1.0"]))),
      "patch from 1.0.0: what is installed is not as it was released",
    ],
    [
      "where the manifest of the base is another",
      () => writeFile(kept(manifestOf(releases["1.1.0"])), releases["1.1.0"].manifest.text),
      "patch from 1.0.0: what is installed is not as it was released",
    ],
    [
      "where the runtime's zstd has no dictionaries",
      async () => void (await bench.start({ dictionaries: false })),
      "patch from 1.0.0: this runtime's zstd has no dictionaries",
    ],
  ])("%s", async (_, harm, why) => {
    await deliver(releases["1.0.0"]);
    await harm();
    const receipt = await deliver(releases["1.1.0"]);
    expect(receipt.bytes).toBe(size(releases["1.1.0"]));
    expect(receipt.trace).toContain(why);
    expect(await readdir(join(bench.data, "deployments"))).toEqual([]);
  });

  test("where no source has the patch", async () => {
    await deliver(releases["1.0.0"]);
    const [patch] = releases["1.1.0"].patches;
    const withoutPatch = bench.obtainer("http", (sha256) =>
      sha256 === patch!.sha256 ? undefined : bench.host.get(sha256),
    );
    await bench.start({ obtainers: [withoutPatch] });
    const receipt = await deliver(releases["1.1.0"]);
    expect(receipt.bytes).toBe(size(releases["1.1.0"]));
    expect(receipt.trace).toContain("http packages.test: the patch: UNAVAILABLE");
  });

  test("where the patch gives something else than what was signed", async () => {
    await deliver(releases["1.0.0"]);
    const [patch] = releases["1.2.0"].patches;
    // Its server signed for a patch of another release, against the same base.
    const mixed: Release = { ...releases["1.1.0"], patches: [patch!] };
    const receipt = await deliver(mixed);
    expect(receipt.bytes).toBe(size(releases["1.1.0"]));
    expect(receipt.trace).toContain(
      "the patch cannot be used: PACKAGE_MISMATCH; the full package is taken",
    );
  });

  test("where what is installed came with the product", async () => {
    await bench.start({ bundled: { "demo-app": "1.0.0" } });
    expect((await deliver(releases["1.1.0"])).bytes).toBe(size(releases["1.1.0"]));
  });

  test("where an installer took the files away", async () => {
    const made = await chain({ strategy: "command", command: { argv: ["true"] } });
    const pushed: Pushed[] = [];
    for (const release of [made["1.0.0"], made["1.1.0"]])
      pushed.push(await publisher.push(release));
    for (const each of pushed) await bench.deliver(each);
    const receipts = await bench.receipts();
    expect(receipts.map(({ outcome }) => outcome)).toEqual(["installed", "installed"]);
    expect(receipts[1]!.bytes).toBe(size(made["1.1.0"]));
  });
});

test("a vendor's own deployer has patches where it says where the files are", async () => {
  const made = await chain({ strategy: "vendor" });
  const places = new Map<string, string>();
  const deployer: Deployer = {
    stage: async () => "before",
    activate: async ({ digest, stagingDirectory, packageDirectory }) => {
      const place = join(packageDirectory, digest.slice(0, 4));
      if (!places.has(digest)) await bench.fileSystem.rename(stagingDirectory, place);
      places.set(digest, place);
      return "done";
    },
    restore: async () => undefined,
    finish: async () => undefined,
    directoryOf: ({ digest, packageDirectory }) => join(packageDirectory, digest.slice(0, 4)),
  };
  await bench.start({ deployer });
  for (const release of [made["1.0.0"], made["1.1.0"]])
    await bench.deliver(await publisher.push(release));
  const receipts = await bench.receipts();
  expect(receipts.map(({ bytes }) => bytes)).toEqual([
    size(made["1.0.0"]),
    size(made["1.1.0"], made["1.0.0"]),
  ]);
});

describe("killed while a patch gives way to the full package", () => {
  const points: readonly [State, number][] = [
    ["authenticated", 1],
    ["obtained", 1],
    ["verified", 1],
    ["authenticated", 2],
    ["obtained", 2],
    ["verified", 2],
    ["staged", 1],
    ["switched", 1],
  ];
  const current = "/machine/install/demo-app/current";

  test.each(points)(
    "in %s for the %ith time: the old version or the new one, and the new one in the end",
    async (state, time) => {
      const disk = new MemoryDisk();
      await disk.makeDirectory("/machine");
      const first = await Bench.make({ publisher, fileSystem: disk });
      await first.deliver(await publisher.push(releases["1.0.0"]));
      await first.clear();
      const before = contentBelow(disk, current);
      const handle = await disk.open(`${current}/app.txt`, "replace");
      await handle.write(new TextEncoder().encode(program("1.0.1")["app.txt"]));
      await handle.close();
      const altered = contentBelow(disk, current);
      expect(altered).not.toEqual(before);

      const pushed = await publisher.push(releases["1.1.0"]);
      const watched = watchJournal(disk, { state, moment: "entered", effect: "kill", time });
      const second = await Bench.make({ publisher, fileSystem: watched });
      await second.deliver(pushed).catch(() => undefined);
      expect(watched.states.filter((each) => each === state)).toHaveLength(time);
      expect(watched.states.at(-1)).toBe(state);
      await second.agent?.close().catch(() => undefined);
      await disk.remove("/machine/data/lock");
      expect([altered, program("1.1.0")]).toContainEqual(contentBelow(disk, current));

      const third = await Bench.make({ publisher, fileSystem: disk });
      await third.deliver(pushed);
      await third.agent?.resume();
      expect(contentBelow(disk, current)).toEqual(program("1.1.0"));
      expect((await third.agent!.status()).unfinished).toEqual([]);
      await third.clear();
    },
  );
});
