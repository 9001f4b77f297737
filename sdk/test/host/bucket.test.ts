import { randomBytes } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { bucketHost, type BucketHost } from "../../src/host/index.ts";
import { startS3Server, type S3Server } from "../support/s3-server.ts";
import { Vendor } from "../support/vendor.ts";
import { hostConformance } from "./conformance.ts";

for (const { name, run } of hostConformance(async () => {
  const storage = await startS3Server();
  return {
    open: (path) => openHost(storage, path),
    [Symbol.asyncDispose]: () => storage[Symbol.asyncDispose](),
  };
}))
  test(name, run);

const openHost = (
  { endpoint, login }: S3Server,
  path: string,
  changes: Partial<Parameters<typeof bucketHost>[0]> = {},
): Promise<BucketHost> => bucketHost({ endpoint, ...login, region: "eu-test-1", path, ...changes });

let storage: S3Server;
let vendor: Vendor;
let host: BucketHost;
beforeEach(async () => {
  storage = await startS3Server();
  vendor = await Vendor.open();
  host = await openHost(storage, join(vendor.directory, "one"));
});
afterEach(async () => {
  await vendor.close();
  await storage[Symbol.asyncDispose]();
});

const take = (folder: string, to = host) =>
  to.publish(folder, { trust: vendor.trust, now: vendor.simulator.now });
const publish = async (version: string, content?: string) =>
  take(await vendor.build("demo-app", version, content));
const other = (): Promise<BucketHost> => openHost(storage, join(vendor.directory, "another"));

test("another machine finds what was published, and computes the secret itself", async () => {
  const published = await publish("1.0.0");
  const found = await (await other()).find(published.manifestSha256);
  expect(found?.contentsSha512).toEqual(published.contentsSha512);
  expect(found?.archives.map(({ sha256 }) => sha256)).toEqual([published.archives[0]!.sha256]);
  const secret = Buffer.from(published.contentsSha512).toString("hex");
  for (const bytes of storage.objects.values()) expect(bytes.includes(secret)).toBe(false);
  const machine = await openHost(storage, join(vendor.directory, "a third"));
  expect((await machine.archive(published.archives[0]!.sha256))?.size).toBe(
    published.archives[0]!.size,
  );
});

test("large archives go up in parts, and are read back", async () => {
  const content = Array.from({ length: 20_000 }, () => Math.random()).join("");
  host = await openHost(storage, join(vendor.directory, "parts"), { partBytes: 50_000 });
  const published = await publish("1.0.0", content);
  const key = `archives/${published.archives[0]!.sha256}.outrider`;
  const parts = storage.requests.filter((line) => line.includes("partNumber="));
  expect(parts.length).toBe(Math.ceil(storage.objects.get(key)!.length / 50_000));
  expect(storage.requests.at(-1)).toMatch(/^PUT \/packages\/releases\//);
  expect(storage.requests.some((line) => line === `GET /packages/${key} 200`)).toBe(true);
});

test("what the storage spoils on the way is not published", async () => {
  storage.twist = ({ method, url }) => {
    if (method === "GET" && url!.includes("/archives/"))
      for (const [key, bytes] of storage.objects)
        if (key.startsWith("archives/")) bytes[bytes.length >> 1]! ^= 1;
    return false;
  };
  await expect(publish("1.0.0")).rejects.toMatchObject({ code: "PACKAGE_DIGEST" });
  expect(await host.list()).toEqual([]);
});

test("nothing that lies there is written over; two who publish one version at once are told apart", async () => {
  const folder = await vendor.build("demo-app", "1.0.0");
  const published = await take(folder);
  const before = new Map(storage.objects);
  await take(folder, await other());
  expect(storage.objects).toEqual(before);
  const claim = "versions/demo-app/2.0.0";
  storage.twist = ({ method, url }) => {
    // The other one comes between the look and the claim.
    if (method === "PUT" && url!.endsWith(claim))
      storage.objects.set(claim, Buffer.from("0".repeat(64)));
    return false;
  };
  await expect(publish("2.0.0")).rejects.toMatchObject({ code: "PACKAGE_CONFLICT" });
  expect((await host.list()).map(({ manifest }) => manifest)).toEqual([published.manifestSha256]);
});

test("H1 an object that was changed is used by nobody", async () => {
  const published = await publish("1.0.0");
  const { sha256 } = published.archives[0]!;
  const key = `archives/${sha256}.outrider`;
  const forged = Buffer.from(storage.objects.get(key)!);
  forged[forged.length >> 1]! ^= 1;
  storage.objects.set(key, forged);
  const machine = await other();
  await expect(machine.find(published.manifestSha256)).rejects.toMatchObject({
    code: "PACKAGE_DIGEST",
  });
  await expect(machine.archive(sha256)).rejects.toMatchObject({ code: "PACKAGE_DIGEST" });
  expect(await readdir(join(vendor.directory, "another", "archives"))).toEqual([]);
  expect(await readdir(join(vendor.directory, "another", "incoming"))).toEqual([]);
});

test("H1 a record that names another release's archive is used by nobody", async () => {
  const good = await publish("1.0.0");
  const bad = await publish("2.0.0", "something else");
  const [from, to] = [good, bad].map(
    ({ manifestSha256, archives }) => `releases/${manifestSha256}/${archives[0]!.sha256}.json`,
  ) as [string, string];
  storage.objects.set(from, storage.objects.get(to)!);
  await expect((await other()).find(good.manifestSha256)).rejects.toMatchObject({
    code: "PACKAGE_DIGEST",
  });
});

test("a link is good for ranges, for its time, and for this object only", async () => {
  const published = await publish("1.0.0");
  const { sha256, size } = published.archives[0]!;
  const link = (await host.link(sha256, 60))!;
  const answer = await fetch(link, { headers: { range: "bytes=10-19" } });
  expect([answer.status, answer.headers.get("content-range")]).toEqual([
    206,
    `bytes 10-19/${size}`,
  ]);
  expect((await fetch(link.replace(sha256, "0".repeat(64)))).status).toBe(403);
  expect((await fetch(link.replace("Expires=60", "Expires=600"))).status).toBe(403);
  expect(await host.link("0".repeat(64), 60)).toBeUndefined();
});

test("whoever asks for digests that nobody published costs the storage next to nothing", async () => {
  await publish("1.0.0");
  const machine = await other();
  const before = storage.requests.length;
  const started = performance.now();
  for (let count = 0; count < 50; count++) {
    const guess = randomBytes(32).toString("hex");
    expect(await machine.archive(guess)).toBeUndefined();
    expect(await machine.link(guess, 60)).toBeUndefined();
  }
  const listings = 1 + Math.floor((performance.now() - started) / 1000);
  expect(storage.requests.length - before).toBeLessThanOrEqual(listings);
  const next = await publish("2.0.0"); // by another one
  await machine.find(next.manifestSha256);
  expect(await machine.link(next.archives[0]!.sha256, 60)).toBeDefined();
});

test("killed after any object, it has published the full archive with its patch, or nothing", async () => {
  const text = randomBytes(10_000).toString("hex"); // what both versions have in common
  const old = await vendor.build("demo-app", "1.0.0", `${text}1`);
  const full = join(old, "demo-app-1.0.0.outrider");
  const next = await vendor.build("demo-app", "1.1.0", `${text}2`, [full]);
  await take(old);
  const before = storage.objects.size;
  const { manifestSha256 } = await take(next);
  const written = [...storage.objects]; // in the order in which they came
  const seen: (number | undefined)[] = [];
  for (let count = before; count <= written.length; count++) {
    storage.objects.clear();
    for (const [key, bytes] of written.slice(0, count)) storage.objects.set(key, bytes);
    const machine = await openHost(storage, join(vendor.directory, `after-${count}`));
    const found = await machine.find(manifestSha256);
    seen.push(found?.archives.length);
    expect(await machine.list()).toHaveLength(found === undefined ? 1 : 2);
    expect((await take(next, machine)).archives).toHaveLength(2);
  }
  expect(seen).toEqual([undefined, undefined, undefined, undefined, undefined, 2]);
});

test("a wrong secret, a storage that is away, and an endpoint without TLS are clear errors", async () => {
  const path = join(vendor.directory, "elsewhere");
  const stranger = await openHost(storage, path, { secretAccessKey: "guessed" });
  await expect(stranger.find("0".repeat(64))).rejects.toMatchObject({ code: "LOGIN_REFUSED" });
  const nobody = await openHost(storage, path, { endpoint: "http://127.0.0.1:9/packages" });
  await expect(nobody.find("0".repeat(64))).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await expect(openHost(storage, path, { endpoint: "http://s3.example/b" })).rejects.toMatchObject({
    code: "CONFIG_INVALID",
  });
});

test("caches before the storage are told to keep every object for good, also one that went up in parts", async () => {
  const told = new Map<string, string | undefined>();
  storage.twist = ({ method, url = "", headers }) => {
    if (method === "PUT" && !url.includes("partNumber")) told.set(url, headers["cache-control"]);
    if (url.includes("?uploads")) told.set("in parts", headers["cache-control"]);
    return false;
  };
  host = await openHost(storage, join(vendor.directory, "cached"), { partBytes: 2000 });
  await publish("1.0.0", Array.from({ length: 2000 }, () => Math.random()).join(""));
  expect(told.has("in parts")).toBe(true);
  expect(new Set(told.values())).toEqual(new Set(["public, max-age=31536000, immutable"]));
});
