/** THREATS T3: a trigger made for one package and used for another (the patent's binding, step 64). */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Vendor } from "../support/vendor.ts";
import { verifies } from "../support/verifies.ts";

let vendor: Vendor;
beforeEach(async () => {
  vendor = await Vendor.open();
  await vendor.enrol([{ id: "till-1" }]);
});
afterEach(() => vendor.close());

async function sent(): Promise<number> {
  await vendor.server.settle();
  return vendor.email.deliveries.length;
}

test("T3 a trigger that names package B, bound to the contents of A, is refused", async () => {
  verifies("step-64-binding");
  const a = await vendor.publish("demo-app", "1.0.0");
  const b = await vendor.publish("demo-app", "2.0.0");
  const trigger = await vendor.trigger(b, { contentsSha512: a.contentsSha512 });
  expect(await vendor.server.submit(trigger)).toMatchObject({
    outcome: "refused",
    code: "BINDING_MISMATCH",
  });
  expect(await sent()).toBe(0);
});

test("T3 who knows only digests of the package cannot bind", async () => {
  verifies("step-64-binding");
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const guesses = [
    Buffer.from(hosted.manifestSha256, "hex"),
    Buffer.from(hosted.archives[0]!.sha256, "hex"),
    createHash("sha512").update(hosted.sealed.bytes).digest(),
    Buffer.alloc(64),
  ];
  for (const contentsSha512 of guesses)
    expect(
      await vendor.server.submit(await vendor.trigger(hosted, { contentsSha512 })),
    ).toMatchObject({
      outcome: "refused",
      code: "BINDING_MISMATCH",
    });
  expect(await sent()).toBe(0);
});

test("T3 a package swapped on the host between signing and sending is refused", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const trigger = await vendor.trigger(hosted);
  const other = await vendor.publish("demo-app", "2.0.0");
  // Somebody with access to the host's disk puts the other release's record and secret in its place.
  const record = join(vendor.directory, "host", "releases", `${hosted.manifestSha256}.json`);
  await writeFile(
    record,
    await readFile(join(vendor.directory, "host", "releases", `${other.manifestSha256}.json`)),
  );
  const secrets = join(vendor.directory, "host", "secrets");
  await writeFile(
    join(secrets, `${hosted.manifestSha256}.sha512`),
    await readFile(join(secrets, `${other.manifestSha256}.sha512`)),
  );
  const { directoryHost } = await import("../../src/host/index.ts");
  const reopened = await directoryHost({ path: join(vendor.directory, "host") });
  Object.assign(vendor.host, { find: (manifest: string) => reopened.find(manifest) });
  expect((await vendor.server.submit(trigger)).outcome).toBe("refused");
  expect(await sent()).toBe(0);
});

test("T3 name and version must be those of the manifest", async () => {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  const trigger = await vendor.trigger(hosted, {
    package: { name: "demo-app", version: "3.0.0", manifest: hosted.manifestSha256 },
  });
  expect(await vendor.server.submit(trigger)).toMatchObject({
    outcome: "refused",
    code: "PACKAGE_UNKNOWN",
  });
  expect(await sent()).toBe(0);
});
