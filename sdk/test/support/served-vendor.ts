/** A vendor whose server listens on loopback, with a release that is published and one agent, till-1. */
import type { PublishedPackage } from "../../src/host/index.ts";
import { Vendor } from "./vendor.ts";

/** Close the vendor. */
export interface ServedVendor {
  readonly vendor: Vendor;
  readonly hosted: PublishedPackage;
  /** Ends in a slash. */
  readonly url: string;
  post(path: string, body: Uint8Array): Promise<Response>;
}

/** Starts it. */
export async function servedVendor(
  changes: Parameters<typeof Vendor.open>[0] = {},
): Promise<ServedVendor> {
  const vendor = await Vendor.open({ listen: { port: 0 }, ...changes });
  const { url = "" } = await vendor.server.start();
  const hosted = await vendor.publish("demo-app", "1.0.0", "a".repeat(5000));
  await vendor.enrol([{ id: "till-1" }]);
  return {
    vendor,
    hosted,
    url,
    post: (path, body) => fetch(`${url}${path}`, { method: "POST", body: new Uint8Array(body) }),
  };
}
