/** THREATS T6: a flood through a proxy that all others come through, too; and one that names another sender in every message. */
import { afterEach, expect, test } from "vitest";
import { Vendor } from "../support/vendor.ts";

let vendor: Vendor;
afterEach(() => vendor.close());

const flood = { burst: 2, perMinute: 1 };

async function flooded(proxies?: readonly string[]): Promise<(sender: string) => Promise<number>> {
  const named = proxies === undefined ? {} : { proxies };
  vendor = await Vendor.open({ listen: { port: 0, flood, ...named } });
  const { url = "" } = await vendor.server.start();
  return async (sender) => {
    const headers = { "x-forwarded-for": sender };
    return (await fetch(`${url}triggers`, { method: "POST", body: "hello", headers })).status;
  };
}

test("T6 behind a proxy of its own the server holds back who floods, and nobody else", async () => {
  const from = await flooded(["127.0.0.0/8"]);
  // What the sender himself puts before it is believed as little as without a proxy.
  for (const claimed of ["", "198.51.100.1, "]) expect(await from(`${claimed}192.0.2.1`)).toBe(200);
  expect(await from("198.51.100.2, 192.0.2.1")).toBe(429);
  expect(await from("192.0.2.2")).toBe(200);
});

test("T6 from anybody else the header is not believed", async () => {
  const from = await flooded(["192.0.2.9"]);
  expect([await from("192.0.2.1"), await from("192.0.2.2")]).toEqual([200, 200]);
  expect(await from("192.0.2.3")).toBe(429);
});

test.each(["127.0.0.1/33", "::1/129", "1.2.3"])("%s is no proxy", async (proxy) => {
  vendor = await Vendor.open({ listen: { port: 0, proxies: [proxy] } });
  await expect(vendor.server.start()).rejects.toMatchObject({ code: "CONFIG_INVALID" });
});
