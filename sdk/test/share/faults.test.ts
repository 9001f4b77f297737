/**
 * Shares that misbehave, on a real Samba, read through smbclient and where they are mounted: whatever happens to a share
 * while it is used, never a wrong byte is installed, and what is right is installed in the end (THREATS N14, P3).
 */
import {
  mkdir,
  open as openFile,
  readFile,
  rename,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AgentOptions } from "../../src/agent/index.ts";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { uncObtainer } from "../../src/obtain/unc/index.ts";
import { nodeFileSystem } from "../../src/ports/index.ts";
import { sha256Hex } from "../../src/signing/index.ts";
import { smbclientShare } from "../../src/transport/smbclient/index.ts";
import {
  directoryShare,
  treeNames,
  type Share,
  type ShareReader,
} from "../../src/transport/tree/index.ts";
import { uncReceiver } from "../../src/transports/unc/receiver/index.ts";
import { mountShare, type MountedShare } from "../servers/mounted-share.ts";
import { startSamba, type Samba } from "../servers/samba.ts";
import { Bench } from "../support/agent-bench.ts";
import { testArchive, testFolder, type TestArchive } from "../support/archives.ts";
import { cuttingProxy, type CuttingProxy } from "../support/cutting-proxy.ts";
import type { Pushed } from "../support/publisher.ts";
import { verifies } from "../support/verifies.ts";

let samba: Samba | undefined;
let wire: CuttingProxy | undefined;
let mounted: MountedShare | undefined;
let bench: Bench;
beforeAll(async () => {
  samba = await startSamba();
  if (samba === undefined) return;
  wire = await cuttingProxy(samba.port);
  mounted = await mountShare(samba, "pkg", "agent", wire.port);
});
afterAll(async () => {
  await mounted?.[Symbol.asyncDispose]();
  await wire?.[Symbol.asyncDispose]();
  await samba?.[Symbol.asyncDispose]();
});
beforeEach(async () => {
  bench = await Bench.make();
  wire?.mend();
});
afterEach(async () => bench.clear());

const signal = new AbortController().signal;
let sites = 0;

/** A site of its own on the share: its folder on the server's disk, and the share as an agent has it. */
interface Site {
  readonly folder: string;
  readonly share: Pick<Share, "root" | "read" | "fetch">;
}

/** How agents reach it; `undefined` where that cannot be had here. */
const ways: Readonly<Record<string, () => Site | undefined>> = {
  smbclient() {
    if (samba === undefined || wire === undefined) return undefined;
    const site = `site-${++sites}`;
    const root = `//127.0.0.1/pkg/${site}`;
    const access = { ...samba.access("pkg", "agent"), root, port: wire.port };
    return { folder: join(samba.folderOf("pkg"), site), share: smbclientShare(access) };
  },
  mounted() {
    if (samba === undefined || mounted === undefined) return undefined;
    const site = `site-${++sites}`;
    return {
      folder: join(samba.folderOf("pkg"), site),
      share: directoryShare(join(mounted.path, site), nodeFileSystem),
    };
  },
};

/** Lays an order out as a server does, straight on the server's disk. */
async function layOut({ folder }: Site, pushed: Pushed, catalog: Uint8Array): Promise<void> {
  const disk = directoryShare(folder, nodeFileSystem);
  await disk.write(treeNames.notification(sha256Hex(pushed.bytes)), pushed.bytes);
  const { bytes, sha256 } = pushed.release.archive;
  await disk.write(treeNames.package(sha256), bytes);
  await disk.write(treeNames.catalog, catalog);
}

async function catalogOf(...pushes: readonly Pushed[]): Promise<Uint8Array> {
  const { simulator } = bench.publisher;
  return encodeEnvelope(
    await simulator.catalog(
      pushes.map((pushed) => ({ ...pushed, manifest: pushed.release.manifest })),
    ),
  );
}

async function order(version: string, files?: Readonly<Record<string, string>>): Promise<Pushed> {
  const release = await bench.publisher.release({
    version,
    ...(files === undefined ? {} : { files }),
  });
  return bench.publisher.push(release, { notification: { sources: [{ kind: "unc" }] } });
}

/** Runs the agent on the site until the work is done. */
async function withAgent(site: Site, work: () => Promise<void>): Promise<void> {
  const options: Partial<AgentOptions> = {
    receivers: [uncReceiver({ share: site.share, pollMs: 50, maxBackoffMs: 100 })],
    obtainers: [uncObtainer({ roots: [site.share] })],
    policy: { retryMs: 100 },
  };
  const agent = await bench.start(options);
  const stop = new AbortController();
  const running = agent.run({ signal: stop.signal });
  try {
    await work();
  } finally {
    stop.abort();
    await running;
  }
}

async function installs(text: string): Promise<void> {
  await expect.poll(() => bench.installedText("app.txt")).toBe(text);
}

describe.each(Object.keys(ways))("%s", (name) => {
  const open = (): Site | undefined => ways[name]?.();

  test("what is newer than what is installed is taken; what is older or the same is not", async () => {
    verifies("claims-10-12", "transport-unc", "step-89");
    const site = open();
    if (site === undefined) return;
    const [one, two] = [await order("1.0.0"), await order("2.0.0")];
    await layOut(site, one, await catalogOf(one));
    await withAgent(site, async () => {
      await installs("demo-app 1.0.0\n");
      await layOut(site, two, await catalogOf(two));
      await installs("demo-app 2.0.0\n");
      await layOut(site, one, await catalogOf(one));
      await expect.poll(() => bench.sent.length).toBe(2);
      await layOut(site, two, await catalogOf(two));
    });
    expect(await bench.installedText("app.txt")).toBe("demo-app 2.0.0\n");
    expect(
      (await bench.receipts()).map(({ package: { version }, outcome }) => [version, outcome]),
    ).toEqual([
      ["1.0.0", "installed"],
      ["2.0.0", "installed"],
    ]);
  });

  test("P3 an archive that somebody swaps, shortens or lengthens on the share is never installed", async () => {
    const site = open();
    if (site === undefined) return;
    const pushed = await order("1.0.0");
    const { bytes, sha256 } = pushed.release.archive;
    await layOut(site, pushed, await catalogOf(pushed));
    const path = join(site.folder, treeNames.package(sha256));
    const wrong = Buffer.from(bytes);
    wrong[wrong.length - 1] = (wrong.at(-1) ?? 0) ^ 1;
    for (const content of [wrong, wrong.subarray(1), Buffer.concat([bytes, bytes])]) {
      await writeFile(path, content);
      await withAgent(site, async () => {
        await expect.poll(() => bench.events.some(({ type }) => type === "postponed")).toBe(true);
      });
      bench.events.length = 0;
      expect(await bench.installedText("app.txt")).toBeUndefined();
    }
    await writeFile(path, bytes);
    await withAgent(site, () => installs("demo-app 1.0.0\n"));
  });

  test("P3 a file that changes while it is copied is refused, and copied anew when it is right", async () => {
    const site = open();
    if (site === undefined) return;
    await using folder = await testFolder();
    const archive = testArchive(32_000_000); // more than smbclient and the kernel read ahead
    await mkdir(join(site.folder, "packages"), { recursive: true });
    const path = join(site.folder, treeNames.package(archive.sha256));
    await writeFile(path, archive.bytes);
    let swapped: Promise<void> | undefined;
    const fetching = fetchFrom(site.share, archive, folder.at("archive"), {
      bytesPerSecond: 24_000_000,
      onProgress() {
        swapped ??= overwriteEnd(path, archive.size);
      },
    });
    await expect(fetching).rejects.toMatchObject({ code: "PACKAGE_DIGEST" });
    await swapped;
    expect(await folder.names()).toEqual([]);
    await writeFile(path, archive.bytes);
    await fetchFrom(site.share, archive, folder.at("archive"));
    expect((await readFile(folder.at("archive"))).equals(archive.bytes)).toBe(true);
  });

  test("a connection that is lost in the middle costs only what had not come yet", async () => {
    const site = open();
    if (site === undefined || wire === undefined) return;
    await using folder = await testFolder();
    const archive = testArchive(64_000_000); // smbclient reads 8 MiB at a time
    await mkdir(join(site.folder, "packages"), { recursive: true });
    await writeFile(join(site.folder, treeNames.package(archive.sha256)), archive.bytes);
    await untilReached(() => site.share.read(treeNames.package(archive.sha256), archive.size));
    wire.cutAfter(32_000_000);
    const cut = fetchFrom(site.share, archive, folder.at("archive"));
    await expect(cut).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
    expect(await folder.names()).toEqual(["archive.partial"]);
    const { size: kept } = await stat(folder.at("archive.partial"));
    wire.mend();
    // On a slow machine the rest may come in several tries: what crossed the wire in all of them counts.
    const before = wire.delivered;
    await untilReached(() => fetchFrom(site.share, archive, folder.at("archive")));
    const delivered = wire.delivered - before;
    expect(delivered).toBeGreaterThan(archive.size - kept);
    expect(delivered).toBeLessThan(archive.size);
    expect((await readFile(folder.at("archive"))).equals(archive.bytes)).toBe(true);
    expect(await folder.names()).toEqual(["archive"]);
  });

  test("N14 a link planted in an archive's or the catalog's place is not followed out of the share", async () => {
    const site = open();
    if (site === undefined || samba === undefined) return;
    await using folder = await testFolder();
    const archive = testArchive(100_000);
    await mkdir(join(site.folder, "packages"), { recursive: true });
    await writeFile(folder.at("secret"), archive.bytes);
    await symlink(folder.at("secret"), join(site.folder, treeNames.package(archive.sha256)));
    await symlink(folder.at("secret"), join(site.folder, treeNames.catalog));
    const fetching = fetchFrom(site.share, archive, folder.at("archive"));
    await expect(fetching).rejects.toMatchObject({ code: "UNAVAILABLE" });
    await expect(site.share.read(treeNames.catalog, 1_000_000)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(await folder.names()).toEqual(["secret"]);
  });

  test("a torn catalog is refused, changes nothing, and the next whole one is taken", async () => {
    const site = open();
    if (site === undefined) return;
    const pushed = await order("1.0.0");
    const catalog = await catalogOf(pushed);
    await layOut(site, pushed, catalog.subarray(0, catalog.length / 2));
    await withAgent(site, async () => {
      await expect
        .poll(() => bench.events.some(({ type }) => type === "refused" || type === "ignored"))
        .toBe(true);
      expect(await bench.installedText("app.txt")).toBeUndefined();
      await layOut(site, pushed, catalog);
      await installs("demo-app 1.0.0\n");
    });
  });

  test("a share that goes away and comes back, at any moment, delays and harms nothing", async () => {
    const site = open();
    if (site === undefined || samba === undefined) return;
    const pushed = await order("1.0.0");
    await layOut(site, pushed, await catalogOf(pushed));
    await rename(join(site.folder, "packages"), join(site.folder, "away"));
    await withAgent(site, async () => {
      await expect.poll(() => bench.events.some(({ type }) => type === "postponed")).toBe(true);
      await rename(site.folder, `${site.folder}-away`);
      await rename(join(`${site.folder}-away`, "away"), join(`${site.folder}-away`, "packages"));
      await rename(`${site.folder}-away`, site.folder);
      await installs("demo-app 1.0.0\n");
    });
  });
});

test("a share that fills up shows its old state, whole, and says so", async () => {
  await using full = await startSamba({ diskBytes: 3_000_000 });
  if (full === undefined) return;
  await using folder = await testFolder();
  const share = smbclientShare(full.access("pkg", "publisher"));
  await share.write(treeNames.catalog, Buffer.from("the old state"));
  const archive = testArchive(5_000_000);
  await writeFile(folder.at("source"), archive.bytes);
  const { sha256, size } = archive;
  const storing = share.store(treeNames.package(sha256), {
    path: folder.at("source"),
    sha256,
    size,
  });
  await expect(storing).rejects.toMatchObject({ code: "SPACE" });
  expect(await share.list(treeNames.packages)).toEqual([]);
  expect(Buffer.from(await share.read(treeNames.catalog, 100)).toString()).toBe("the old state");
  const small = testArchive(1_000_000);
  await writeFile(folder.at("small"), small.bytes);
  const name = treeNames.package(small.sha256);
  expect(await share.store(name, { ...small, path: folder.at("small") })).toBe(small.size);
});

/** Another content of the same length: a shorter one would be noticed by that alone. */
async function overwriteEnd(path: string, size: number): Promise<void> {
  await using file = await openFile(path, "r+");
  await file.write(Buffer.alloc(1_000_000), 0, 1_000_000, size - 1_000_000);
}

async function fetchFrom(
  share: Pick<ShareReader, "fetch">,
  { sha256, size }: TestArchive,
  target: string,
  { bytesPerSecond, onProgress }: { bytesPerSecond?: number; onProgress?: () => void } = {},
): Promise<number> {
  const rate = bytesPerSecond === undefined ? {} : { bytesPerSecond };
  return share.fetch(
    treeNames.package(sha256),
    { sha256, size, target, ...rate },
    { signal, ...(onProgress === undefined ? {} : { onProgress }) },
  );
}

/** A mount takes a while to see that its server is back. */
async function untilReached<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 0; ; attempt++)
    try {
      return await work();
    } catch (error) {
      if (attempt > 40 || (error as { readonly code?: unknown }).code !== "UNAVAILABLE")
        throw error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
}
