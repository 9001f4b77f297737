/** What agents read: packages in ranges, the catalog and its notifications. */
import { readFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { servedVendor, type ServedVendor } from "../../../../test/support/served-vendor.ts";
import { documentIn } from "../../../../test/support/vendor.ts";
import { verifies } from "../../../../test/support/verifies.ts";

let ground: ServedVendor;
beforeEach(async () => {
  ground = await servedVendor();
});
afterEach(() => ground.vendor.close());

test("serves a package whole, in ranges, and not at all if it did not change", async () => {
  verifies("step-88");
  const { sha256, size, path } = ground.hosted.archives[0]!;
  const bytes = await readFile(path);
  const get = async (headers: Record<string, string> = {}): Promise<Response> =>
    fetch(`${ground.url}packages/${sha256}.outrider`, { headers });
  const whole = await get();
  expect(Buffer.from(await whole.arrayBuffer()).equals(bytes)).toBe(true);
  expect(whole.headers.get("etag")).toBe(`"${sha256}"`);
  const middle = await get({ range: "bytes=10-19" });
  expect([middle.status, middle.headers.get("content-range")]).toEqual([
    206,
    `bytes 10-19/${size}`,
  ]);
  expect(Buffer.from(await middle.arrayBuffer()).equals(bytes.subarray(10, 20))).toBe(true);
  expect(
    Buffer.from(await (await get({ range: "bytes=-5" })).arrayBuffer()).equals(bytes.subarray(-5)),
  ).toBe(true);
  const rest = await get({ range: `bytes=${size - 3}-`, "if-range": `"${sha256}"` });
  expect(Buffer.from(await rest.arrayBuffer()).equals(bytes.subarray(-3))).toBe(true);
  expect((await get({ range: "bytes=10-19", "if-range": '"other"' })).status).toBe(200);
  expect((await get({ range: `bytes=${size}-` })).status).toBe(416);
  expect((await get({ "if-none-match": `"${sha256}"` })).status).toBe(304);
  expect((await fetch(`${ground.url}packages/${"0".repeat(64)}.outrider`)).status).toBe(404);
  expect((await fetch(`${ground.url}packages/..%2f..%2fserver%2fstore.sqlite`)).status).toBe(404);
});

test("shows the signed catalog and the notifications that it lists", async () => {
  await ground.vendor.enrol([{ id: "till-2", addresses: { http: true } }]);
  await ground.post("triggers", await ground.vendor.trigger(ground.hosted));
  await expect
    .poll(async () => documentIn(await ground.vendor.server.catalog(), "catalog/1").current.length)
    .toBe(1);
  const answer = await fetch(`${ground.url}catalog.json`);
  const etag = answer.headers.get("etag") ?? "";
  const catalog = documentIn(new Uint8Array(await answer.arrayBuffer()), "catalog/1");
  expect(
    (await fetch(`${ground.url}catalog.json`, { headers: { "if-none-match": etag } })).status,
  ).toBe(304);
  const listed = await fetch(`${ground.url}notifications/${catalog.current[0]!.notification}.json`);
  const notification = documentIn(new Uint8Array(await listed.arrayBuffer()), "notification/1");
  expect(notification.sources[0]).toEqual({
    kind: "http",
    url: "http://packages.example/packages/",
  });
  expect((await fetch(`${ground.url}notifications/${"0".repeat(64)}.json`)).status).toBe(404);
});
