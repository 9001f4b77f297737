import { createHash, randomBytes } from "node:crypto";
import { copyFile, cp, mkdir, readdir, readFile, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { FaultFileSystem } from "../../test/support/fault-filesystem.ts";
import { testKey } from "../../test/support/keys.ts";
import { Vendor } from "../../test/support/vendor.ts";
import { nodeFileSystem, type FileSystem } from "../ports/index.ts";
import { directoryHost, type PublishedPackage } from "./index.ts";

let vendor: Vendor;
let root: string;
beforeEach(async () => {
  vendor = await Vendor.open();
  root = join(vendor.directory, "host");
});
afterEach(() => vendor.close());

const publish = async (path: string): Promise<PublishedPackage> =>
  vendor.host.publish(path, { trust: vendor.trust, now: vendor.simulator.now });

async function files(): Promise<string[]> {
  const folders = await Promise.all(
    ["archives", "releases", "secrets", "incoming"].map((name) => readdir(join(root, name))),
  );
  return folders.flat();
}

test("a published release is found by its manifest, its archive by its digest, also after a restart", async () => {
  const published = await vendor.publish("demo-app", "1.0.0");
  const again = await directoryHost({ path: root });
  for (const host of [vendor.host, again]) {
    const found = await host.find(published.manifestSha256);
    expect(found).toEqual(published);
    expect(createHash("sha256").update(found!.sealed.bytes).digest("hex")).toBe(
      published.manifestSha256,
    );
    const archive = await host.archive(published.archives[0]!.sha256);
    expect(
      createHash("sha256")
        .update(await readFile(archive!.path))
        .digest("hex"),
    ).toBe(archive!.sha256);
    expect((await host.list()).map(({ name, version }) => `${name} ${version}`)).toEqual([
      "demo-app 1.0.0",
    ]);
  }
});

test("what another process is just publishing is left alone at a start; what was left there long ago goes", async () => {
  const [fresh, left] = ["fresh", "left"].map((name) => join(root, "incoming", name)) as [
    string,
    string,
  ];
  for (const path of [fresh, left]) await writeFile(path, "half");
  const longAgo = new Date(Date.now() - 7_200_000);
  await utimes(left, longAgo, longAgo);
  await directoryHost({ path: root });
  expect(await readdir(join(root, "incoming"))).toEqual(["fresh"]);
});

test("the secret that triggers are bound with is its owner's alone", async () => {
  const published = await vendor.publish("demo-app", "1.0.0");
  expect(published.contentsSha512).toHaveLength(64);
  const expected = createHash("sha512")
    .update("outrider contents 1\n")
    .update("demo-app 1.0.0")
    .digest();
  expect(Buffer.from(published.contentsSha512).equals(expected)).toBe(true);
  const path = join(root, "secrets", `${published.manifestSha256}.sha512`);
  if (process.platform !== "win32") expect((await stat(path)).mode & 0o777).toBe(0o600);
});

test("publishing the same again changes nothing, another manifest under the version is refused", async () => {
  const first = await vendor.publish("demo-app", "1.0.0");
  const folder = join(vendor.directory, "built", "demo-app-1.0.0");
  expect((await publish(folder)).manifestSha256).toBe(first.manifestSha256);
  expect((await publish(join(folder, "demo-app-1.0.0.outrider"))).archives).toEqual(first.archives);
  const before = await files();
  vendor.simulator.pass(1);
  const { rm } = await import("node:fs/promises");
  await rm(folder, { recursive: true });
  await expect(vendor.publish("demo-app", "1.0.0", "other contents")).rejects.toMatchObject({
    code: "PACKAGE_CONFLICT",
  });
  expect(await files()).toEqual(before);
});

test("what is not signed, by a stranger, or not what was signed leaves nothing behind", async () => {
  const folder = await vendor.build("demo-app", "1.0.0");
  const archive = join(folder, "demo-app-1.0.0.outrider");
  const bytes = await readFile(archive);
  const changed = join(vendor.directory, "changed.outrider");
  for (const at of [0, 40, Math.floor(bytes.length / 2), bytes.length - 1]) {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1;
    await writeFile(changed, copy);
    await expect(publish(changed)).rejects.toMatchObject({
      code: expect.stringMatching(/^(PACKAGE|SIGNATURE|KEY|DOCUMENT|JSON)_/),
    });
  }
  vendor.simulator.signers.release = [testKey("mallory", { at: vendor.simulator.now })];
  await expect(vendor.publish("evil-app", "1.0.0")).rejects.toMatchObject({
    code: "KEY_UNKNOWN",
    message: expect.stringMatching(/evil-app-1\.0\.0\.outrider: Key [0-9A-F]+ is not trusted\./),
    subject: expect.stringMatching(/evil-app-1\.0\.0\.outrider$/),
  });
  vendor.simulator.signers.release = vendor.simulator.signers.server;
  await expect(vendor.publish("other-app", "1.0.0")).rejects.toMatchObject({ code: "KEY_ROLE" });
  expect(await files()).toEqual([]);
});

test("a folder's patches are published with its full archive, checked together with what they build on", async () => {
  const text = randomBytes(10_000).toString("hex"); // what both versions have in common
  const old = await vendor.build("demo-app", "1.0.0", `${text}1`);
  const full = join(old, "demo-app-1.0.0.outrider");
  const next = await vendor.build("demo-app", "1.1.0", `${text}2`, [full]);
  await expect(publish(next)).rejects.toMatchObject({ code: "PACKAGE_BASE" });
  const base = await publish(old);
  const published = await publish(next);
  expect(published.archives).toMatchObject([{}, { base: base.manifestSha256 }]);
  expect(published.archives[0]).not.toHaveProperty("base");
  const patch = published.archives[1]!;
  expect(patch.size).toBeLessThan(published.archives[0]!.size);
  expect((await vendor.host.archive(patch.sha256))?.path).toBe(patch.path);
  expect((await publish(next)).archives).toEqual(published.archives);
});

test("a folder whose patch is refused leaves nothing behind", async () => {
  const text = randomBytes(10_000).toString("hex"); // what both versions have in common
  const old = await vendor.build("demo-app", "1.0.0", `${text}1`);
  const full = join(old, "demo-app-1.0.0.outrider");
  const next = await vendor.build("demo-app", "1.1.0", `${text}2`, [full]);
  await expect(publish(next)).rejects.toMatchObject({ code: "PACKAGE_BASE" });
  expect(await vendor.host.list()).toEqual([]);
  expect(await files()).toEqual([]);
});

test("killed at any call, it has published the full archive with its patch, or nothing", async () => {
  const text = randomBytes(10_000).toString("hex"); // what both versions have in common
  const old = await vendor.build("demo-app", "1.0.0", `${text}1`);
  const full = join(old, "demo-app-1.0.0.outrider");
  const next = await vendor.build("demo-app", "1.1.0", `${text}2`, [full]);
  await publish(old);
  const options = { trust: vendor.trust, now: vendor.simulator.now };
  const seen = new Set<string>();
  let wasKilled = true;
  for (let at = 1; wasKilled; at++) {
    const path = join(vendor.directory, `killed-${at}`);
    await cp(root, path, { recursive: true });
    const fileSystem = new FaultFileSystem(nodeFileSystem);
    const dying = await directoryHost({ path, fileSystem });
    fileSystem.fault = { at: fileSystem.calls + at, kind: "kill" };
    await dying.publish(next, options).catch(() => undefined);
    wasKilled = fileSystem.fired;
    const host = await directoryHost({ path });
    const listed = (await host.list()).map(
      ({ version, archives }) => `${version} ${archives.length}`,
    );
    seen.add(listed.join());
    expect((await host.publish(next, options)).archives).toHaveLength(2);
  }
  expect([...seen]).toEqual(["1.0.0 1", "1.0.0 1,1.1.0 2"]);
});

test("a patch of a release that is not here, or one that does not give what was signed, is refused", async () => {
  const text = randomBytes(10_000).toString("hex"); // what both versions have in common
  const old = await vendor.build("demo-app", "1.0.0", `${text}1`);
  await publish(old);
  const next = await vendor.build("demo-app", "1.1.0", `${text}2`, [
    join(old, "demo-app-1.0.0.outrider"),
  ]);
  const patch = join(next, "demo-app-1.1.0.from-1.0.0.outrider");
  await expect(publish(patch)).rejects.toMatchObject({ code: "PACKAGE_BASE" });
  await publish(join(next, "demo-app-1.1.0.outrider"));
  const whole = await readFile(patch);
  const changed = Buffer.from(whole);
  changed[changed.indexOf("app.txt", changed.indexOf("archive.json")) + 200]! ^= 1;
  await writeFile(patch, changed);
  await expect(publish(patch)).rejects.toMatchObject({ code: expect.stringMatching(/^PACKAGE_/) });
  await writeFile(patch, whole);
  expect((await publish(patch)).archives).toHaveLength(2);
});

test("a path that is not there, or a folder without one archive, is a clear error", async () => {
  await expect(publish(join(vendor.directory, "nothing"))).rejects.toMatchObject({
    code: "FILE_MISSING",
  });
  const empty = join(vendor.directory, "empty");
  await mkdir(empty);
  await expect(publish(empty)).rejects.toMatchObject({ code: "PACKAGE_MALFORMED" });
  const folder = await vendor.build("demo-app", "1.0.0");
  await copyFile(join(folder, "demo-app-1.0.0.outrider"), join(folder, "second.outrider"));
  await expect(publish(folder)).rejects.toMatchObject({
    code: "PACKAGE_MALFORMED",
    subject: folder,
  });
});

test("nothing is found under names that are not digests", async () => {
  await vendor.publish("demo-app", "1.0.0");
  for (const name of ["", "..", "../server/store.sqlite", "x".repeat(64), "A".repeat(64)]) {
    expect(await vendor.host.find(name)).toBeUndefined();
    expect(await vendor.host.archive(name)).toBeUndefined();
  }
});

test("it says how far it is, and can be cancelled", async () => {
  const folder = await vendor.build(
    "demo-app",
    "1.0.0",
    Array.from({ length: 300_000 }, () => Math.random()).join(),
  );
  const seen: [number, number][] = [];
  const options = { trust: vendor.trust, now: vendor.simulator.now };
  await vendor.host.publish(folder, {
    ...options,
    onProgress: (bytes, total) => seen.push([bytes, total]),
  });
  expect(seen.at(-1)![0]).toBe(seen.at(-1)![1]);
  await expect(
    vendor.host.publish(folder, { ...options, signal: AbortSignal.abort() }),
  ).rejects.toMatchObject({ code: "CANCELLED" });
  expect(await readdir(join(root, "incoming"))).toEqual([]);
});

test("a full disk is said as such, with the folder that has no room", async () => {
  const path = join(vendor.directory, "full");
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async open(file, mode) {
      const handle = await nodeFileSystem.open(file, mode);
      const write = (): Promise<void> =>
        Promise.reject(Object.assign(new Error("full"), { code: "ENOSPC", syscall: "write" }));
      return mode === "create" ? { ...handle, write } : handle;
    },
  };
  const host = await directoryHost({ path, fileSystem });
  const built = await vendor.build("demo-app", "1.0.0", "text");
  const options = { trust: vendor.trust, now: vendor.simulator.now };
  await expect(host.publish(built, options)).rejects.toMatchObject({
    code: "SPACE",
    message: expect.stringContaining(`in ${join(path, "incoming")}. Free some.`),
  });
});
