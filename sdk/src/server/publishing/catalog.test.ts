import { afterEach, expect, test } from "vitest";
import { documentIn, Vendor } from "../../../test/support/vendor.ts";

let vendor: Vendor;
afterEach(() => vendor.close());

test("of more recalled manifests than a catalog may list it lists the latest, and the server forgets none", async () => {
  vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  const later = Array.from({ length: 10_000 }, (_, number) =>
    number.toString(16).padStart(64, "0"),
  );
  const recalled = [hosted.manifestSha256, ...later];
  await vendor.store.values.set("catalog", JSON.stringify({ entries: [], recalled }));
  expect(documentIn(await vendor.server.catalog(), "catalog/1").recalled).toEqual(later);
  expect(await vendor.server.submit(await vendor.trigger(hosted))).toMatchObject({
    outcome: "refused",
    code: "RECALLED",
  });
});
