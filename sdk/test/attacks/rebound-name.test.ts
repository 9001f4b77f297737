/** THREATS N15: a page in the browser of the server's machine has its own name lead to loopback, and reads there (DNS rebinding). */
import { get } from "node:http";
import { afterEach, expect, test } from "vitest";
import { Vendor } from "../support/vendor.ts";

let vendor: Vendor;
afterEach(() => vendor.close());

test("N15 without a token, deployments, agents and figures are told to loopback names only", async () => {
  vendor = await Vendor.open({ listen: { port: 0 } });
  const { url = "" } = await vendor.server.start();
  const status = async (
    path: string,
    host: string,
    added: Readonly<Record<string, string>> = {},
  ): Promise<number> =>
    new Promise((resolve, reject) => {
      get(new URL(path, url), { headers: { host, ...added } }, (answer) => {
        answer.destroy();
        resolve(answer.statusCode ?? 0);
      }).on("error", reject);
    });
  const { host } = new URL(url);
  for (const path of ["deployments", "agents", "metrics", "events"]) {
    for (const name of [
      "evil.test",
      `evil.test:80`,
      "127.0.0.1.evil.test",
      "localhost.evil.test",
      "[::2]",
    ])
      expect([path, name, await status(path, name)]).toEqual([path, name, 401]);
    for (const name of [host, "localhost", "LOCALHOST:1", "[::1]:8080"])
      expect([path, name, await status(path, name)]).toEqual([path, name, 200]);
  }
  // A proxy on this machine asks for loopback by its name, for whoever comes.
  for (const field of ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
    expect([field, await status("agents", host, { [field]: "192.0.2.1" })]).toEqual([field, 401]);
  expect(await status("catalog.json", "agents-use-any.test")).not.toBe(401);
});
