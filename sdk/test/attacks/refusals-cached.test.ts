/** THREATS H1: a stranger asks a cache between server and agents for what is refused, so that it refuses everybody (CPDoS). */
import { afterEach, expect, test } from "vitest";
import { Vendor } from "../support/vendor.ts";

let vendor: Vendor;
afterEach(() => vendor.close());

test("H1 what is refused, or not there yet, may be kept by no cache", async () => {
  vendor = await Vendor.open({ listen: { port: 0 } });
  const { url = "" } = await vendor.server.start();
  const hosted = await vendor.publish("demo-app", "1.0.0", "content");
  const archive = `packages/${hosted.archives[0]?.sha256}.outrider`;
  const kept = async (path: string, headers: Record<string, string> = {}): Promise<unknown[]> => {
    const answer = await fetch(`${url}${path}`, { headers });
    await answer.arrayBuffer();
    return [path, answer.status, answer.headers.get("cache-control")];
  };
  expect(await kept(archive, { range: "bytes=999999999-" })).toEqual([archive, 416, "no-store"]);
  for (const path of [
    "trust/99.json",
    `notifications/${"0".repeat(64)}.json`,
    `packages/${"0".repeat(64)}.outrider`,
  ])
    expect(await kept(path)).toEqual([path, 404, "no-store"]);
  for (const headers of [{}, { range: "bytes=0-9" }] as const)
    expect((await kept(archive, headers))[2]).toContain("immutable");
});
