/** THREATS T4: the file on the host is changed between watching, hashing and sending. Only the hashed copy is served. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Vendor } from "../support/vendor.ts";

let vendor: Vendor;
beforeAll(async () => {
  vendor = await Vendor.open();
});
afterAll(() => vendor.close());

test("T4 a file that changes all the time is published as one of its true states, or not at all", async () => {
  const folder = await vendor.build(
    "demo-app",
    "1.0.0",
    "a".repeat(3_000_000).replaceAll("aaaa", () => Math.random().toString(36).slice(2, 6)),
  );
  const path = join(folder, "demo-app-1.0.0.outrider");
  const good = await readFile(path);
  const bad = Buffer.from(good);
  bad.fill(0x58, Math.floor(bad.length / 2), Math.floor(bad.length / 2) + 1000);
  const over = new AbortController();
  const attacker = (async () => {
    for (let turn = 0; !over.signal.aborted; turn++)
      await writeFile(path, turn % 2 === 0 ? bad : good);
    await writeFile(path, good);
  })();
  const refusals: unknown[] = [];
  for (let run = 0; run < 25; run++) {
    const hosted = await vendor.host
      .publish(path, { trust: vendor.trust, now: vendor.simulator.now })
      .catch((error: unknown) => void refusals.push(error));
    for (const archive of hosted?.archives ?? [])
      expect(
        createHash("sha256")
          .update(await readFile(archive.path))
          .digest("hex"),
      ).toBe(archive.sha256);
  }
  for (const error of refusals)
    expect(error).toMatchObject({ code: expect.stringMatching(/^PACKAGE_/) });
  over.abort();
  await attacker;
  // And when the attacker is gone it goes through, as the signed bytes.
  const hosted = await vendor.host.publish(path, {
    trust: vendor.trust,
    now: vendor.simulator.now,
  });
  const digest = createHash("sha256").update(good).digest("hex");
  expect(hosted.archives.map(({ sha256 }) => sha256)).toEqual([digest]);
});

test("T4 what was published does not change when its source does", async () => {
  const folder = await vendor.build("other-app", "1.0.0");
  const path = join(folder, "other-app-1.0.0.outrider");
  const hosted = await vendor.host.publish(folder, {
    trust: vendor.trust,
    now: vendor.simulator.now,
  });
  await writeFile(path, "something else");
  expect(
    createHash("sha256")
      .update(await readFile(hosted.archives[0]!.path))
      .digest("hex"),
  ).toBe(hosted.archives[0]!.sha256);
});
