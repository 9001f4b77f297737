import { createHash } from "node:crypto";
import { mkdir, readFile, rename, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { testArchive, testFolder } from "../../../test/support/archives.ts";
import { testDelivery } from "../../../test/support/delivery.ts";
import { listen } from "../../../test/support/listening.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import type { Incoming } from "../../transport/index.ts";
import { uncReceiver, type UncReceiverOptions } from "./receiver/index.ts";
import { uncSender, type UncNews } from "./sender/index.ts";

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);
const signal = new AbortController().signal;

/** The first so many messages, each settled unless told otherwise. */
async function hear(
  options: UncReceiverOptions,
  count: number,
  use: (incoming: Incoming) => Promise<void> = (incoming) => incoming.settle("handled"),
): Promise<string[]> {
  const heard: string[] = [];
  for await (const incoming of uncReceiver({ pollMs: 5, ...options }).receive({
    signal: AbortSignal.timeout(60_000),
  })) {
    heard.push(Buffer.from(incoming.bytes).toString());
    await use(incoming);
    if (heard.length === count) break;
  }
  return heard;
}

describe("the sender", () => {
  test("lays out the tree: names by digest, readable for everybody, nothing temporary", async () => {
    await using folder = await testFolder();
    const archive = testArchive(100_000);
    await writeFile(folder.at("source"), archive.bytes);
    const attachment = { path: folder.at("source"), sha256: archive.sha256, size: archive.size };
    const delivery = testDelivery(["share"], { attachment, catalog: bytesOf("the catalog") });
    const root = folder.at("share");
    expect(await uncSender({ root }).send(delivery)).toMatchObject([
      { agent: "agent-1", outcome: "accepted" },
    ]);
    expect(await nodeFileSystem.list(root)).toEqual(["catalog.json", "notifications", "packages"]);
    expect(await nodeFileSystem.list(folder.at("share", "notifications"))).toEqual([
      `${sha256(delivery.envelope)}.json`,
    ]);
    const packagePath = folder.at("share", "packages", `${archive.sha256}.outrider`);
    expect(await nodeFileSystem.list(folder.at("share", "packages"))).toEqual([
      `${archive.sha256}.outrider`,
    ]);
    expect((await readFile(packagePath)).equals(archive.bytes)).toBe(true);
    if (process.platform !== "win32") {
      expect((await stat(packagePath)).mode & 0o777).toBe(0o644);
      expect((await stat(folder.at("share", "catalog.json"))).mode & 0o777).toBe(0o644);
      expect((await stat(folder.at("share", "notifications"))).mode & 0o777).toBe(0o755);
    }
  });

  test("writes archive, then notification, then catalog, each synced before it gets its name", async () => {
    await using folder = await testFolder();
    const archive = testArchive(10);
    await writeFile(folder.at("source"), archive.bytes);
    const calls: string[] = [];
    const attachment = { path: folder.at("source"), sha256: archive.sha256, size: archive.size };
    const delivery = testDelivery(["share"], { attachment, catalog: bytesOf("x") });
    await uncSender({ root: folder.at("share"), fileSystem: recording(calls) }).send(delivery);
    expect(calls).toEqual([
      "sync",
      expect.stringMatching(/^rename .*\.outrider$/),
      "sync",
      expect.stringMatching(/^rename .*notifications.[0-9a-f]{64}\.json$/),
      "sync",
      expect.stringMatching(/^rename .*catalog\.json$/),
    ]);
  });

  test("what a killed server left is removed after a day, where it writes; nothing else is", async () => {
    await using folder = await testFolder();
    const root = folder.at("share");
    await mkdir(root);
    const left = (at: number): string =>
      `catalog.json.00000000-0000-4000-8000-00000000000${at}.tmp`;
    for (const name of [left(1), left(2), "notes.tmp"])
      await writeFile(folder.at("share", name), "half");
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    for (const name of [left(1), "notes.tmp"])
      await utimes(folder.at("share", name), yesterday, yesterday);
    await uncSender({ root }).publish({ catalog: bytesOf("the catalog") });
    expect(await nodeFileSystem.list(root)).toEqual(["catalog.json", left(2), "notes.tmp"]);
  });

  test("later notifications of a release that lies there are put there, though nobody is sent anything", async () => {
    await using folder = await testFolder();
    const root = folder.at("share");
    await writeFile(folder.at("source"), "an archive");
    const digest = sha256(bytesOf("an archive"));
    const archive = { path: folder.at("source"), sha256: digest, size: 10 };
    const listing: UncNews = {
      catalog: bytesOf("the catalog"),
      releases: [{ notification: { bytes: bytesOf("it") }, archives: [archive] }],
    };
    const sender = uncSender({ root });
    await sender.publish(listing);
    expect(await nodeFileSystem.list(root)).toEqual(["catalog.json"]); // told to others alone
    await sender.send(testDelivery(["share"], { attachment: archive, catalog: bytesOf("x") }));
    const name = `${sha256(bytesOf("it"))}.json`;
    expect(await nodeFileSystem.list(folder.at("share/notifications"))).not.toContain(name);
    await sender.publish(listing);
    expect(await nodeFileSystem.list(folder.at("share/notifications"))).toContain(name);
  });

  test("refuses an archive that is not what was named, and then shows nothing of it", async () => {
    await using folder = await testFolder();
    await writeFile(folder.at("source"), "other");
    const attachment = { path: folder.at("source"), sha256: "0".repeat(64), size: 5 };
    const delivery = testDelivery(["share"], { attachment, catalog: bytesOf("x") });
    await expect(uncSender({ root: folder.at("share") }).send(delivery)).rejects.toMatchObject({
      code: "PACKAGE_DIGEST",
    });
    expect(await nodeFileSystem.list(folder.at("share"))).toEqual(["packages"]);
    expect(await nodeFileSystem.list(folder.at("share", "packages"))).toEqual([]);
  });

  test("does not copy an archive twice", async () => {
    await using folder = await testFolder();
    const archive = testArchive(1000);
    await writeFile(folder.at("source"), archive.bytes);
    const attachment = { path: folder.at("source"), sha256: archive.sha256, size: archive.size };
    const sender = uncSender({ root: folder.at("share") });
    await sender.send(testDelivery(["share"], { attachment }));
    await rm(folder.at("source"));
    expect(await sender.send(testDelivery(["share"], { attachment }))).toMatchObject([
      { outcome: "accepted" },
    ]);
  });

  test("says UNAVAILABLE where the share is away", async () => {
    await using folder = await testFolder();
    await writeFile(folder.at("share"), "a file, not a folder");
    const sending = uncSender({ root: folder.at("share") }).send(testDelivery(["share"]));
    await expect(sending).rejects.toMatchObject({ code: "UNAVAILABLE", retryable: true });
  });
});

describe("the receiver", () => {
  test("yields each catalog once, then the next", async () => {
    await using folder = await testFolder();
    const sender = uncSender({ root: folder.path });
    await sender.publish({ catalog: bytesOf("one") });
    const heard = await hear({ root: folder.path }, 2, async (incoming) => {
      await incoming.settle("handled");
      await sender.publish({ catalog: bytesOf("two") });
    });
    expect(heard).toEqual(["one", "two"]);
  });

  test("yields a catalog again until it is settled", async () => {
    await using folder = await testFolder();
    await uncSender({ root: folder.path }).publish({ catalog: bytesOf("one") });
    expect(await hear({ root: folder.path }, 3, async () => undefined)).toEqual([
      "one",
      "one",
      "one",
    ]);
  });

  test("waits for a share that is away, comes and goes, and says so once", async () => {
    await using folder = await testFolder();
    const said: string[] = [];
    const logger = {
      log: (level: string, message: string) => void (level === "warn" && said.push(message)),
    };
    const root = folder.at("share");
    await using listening = listen(uncReceiver({ root, logger, pollMs: 5, maxBackoffMs: 20 }));
    for (const [at, catalog] of ["one", "two"].entries()) {
      await expect.poll(() => said).toHaveLength(at + 1);
      await new Promise((resolve) => setTimeout(resolve, 60)); // some looks more
      await uncSender({ root }).publish({ catalog: bytesOf(catalog) });
      await listening.until(at + 1);
      await rename(root, folder.at(`unplugged-${at}`));
    }
    const heard = listening.heard.map(({ bytes }) => Buffer.from(bytes).toString());
    expect(heard).toEqual(["one", "two"]);
    await expect.poll(() => said).toHaveLength(3);
  });

  test("hands out notifications and trust documents from the shelf", async () => {
    await using folder = await testFolder();
    const delivery = testDelivery(["share"], { catalog: bytesOf("c") });
    const sender = uncSender({ root: folder.path });
    await sender.send(delivery);
    await sender.publish({ trust: [{ version: 2, envelope: bytesOf("trust two") }] });
    await hear({ root: folder.path }, 1, async ({ shelf }) => {
      expect(await shelf?.notification(sha256(delivery.envelope), { signal })).toEqual(
        delivery.envelope,
      );
      expect(Buffer.from((await shelf?.trust(2, { signal })) ?? []).toString()).toBe("trust two");
      await expect(shelf?.trust(3, { signal })).rejects.toMatchObject({ code: "UNAVAILABLE" });
      await expect(shelf?.notification("0".repeat(64), { signal })).rejects.toMatchObject({
        code: "UNAVAILABLE",
      });
      await expect(shelf?.trust(2, { signal: AbortSignal.abort() })).rejects.toMatchObject({
        code: "CANCELLED",
      });
    });
  });

  test("the shelf refuses what does not hold what its name says, and what is too large", async () => {
    await using folder = await testFolder();
    const names = { wrong: "1".repeat(64), large: "2".repeat(64) };
    await mkdir(folder.at("notifications"));
    await writeFile(folder.at("notifications", `${names.wrong}.json`), "something else");
    await writeFile(
      folder.at("notifications", `${names.large}.json`),
      Buffer.alloc(1024 * 1024 + 1),
    );
    await uncSender({ root: folder.path }).publish({ catalog: bytesOf("c") });
    await hear({ root: folder.path }, 1, async ({ shelf }) => {
      await expect(shelf?.notification(names.wrong, { signal })).rejects.toMatchObject({
        code: "PACKAGE_DIGEST",
      });
      await expect(shelf?.notification(names.large, { signal })).rejects.toMatchObject({
        code: "DOCUMENT_TOO_LARGE",
      });
    });
  });

  test("does not follow a link that lies in the catalog's place", async () => {
    await using folder = await testFolder();
    await writeFile(folder.at("secret"), "secret");
    await mkdir(folder.at("share"));
    await symlink(folder.at("secret"), folder.at("share", "catalog.json"));
    const receiver = uncReceiver({ root: folder.at("share"), pollMs: 5 });
    for await (const incoming of receiver.receive({ signal: AbortSignal.timeout(50) }))
      expect.unreachable(Buffer.from(incoming.bytes).toString());
  });
});

test("a reader at any moment sees a whole catalog, however fast it changes", async () => {
  await using folder = await testFolder();
  const sender = uncSender({ root: folder.path });
  const catalogs = ["a", "b", "c"].map((letter) => bytesOf(letter.repeat(50_000)));
  await sender.publish({ catalog: catalogs[0]! });
  const stop = new AbortController();
  const writing = (async () => {
    for (let at = 0; !stop.signal.aborted; at++)
      await sender.publish({ catalog: catalogs[at % 3]! });
  })();
  const heard = await hear({ root: folder.path, pollMs: 0 }, 40, async () => undefined);
  stop.abort();
  await writing;
  for (const text of heard) expect(text).toMatch(/^(a{50000}|b{50000}|c{50000})$/);
});

function recording(calls: string[]): FileSystem {
  return {
    ...nodeFileSystem,
    async open(path, mode) {
      const handle = await nodeFileSystem.open(path, mode);
      return {
        ...handle,
        async sync() {
          calls.push("sync");
          await handle.sync();
        },
      };
    },
    async rename(from, to) {
      calls.push(`rename ${to}`);
      await nodeFileSystem.rename(from, to);
    },
  };
}
