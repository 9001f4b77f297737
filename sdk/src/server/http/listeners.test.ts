/** The listening itself: a port that is taken, and the end while somebody is connected. */
import { connect, createServer as createTcpServer } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import { servedVendor, type ServedVendor } from "../../../test/support/served-vendor.ts";
import type { Vendor } from "../../../test/support/vendor.ts";
import { createServer } from "../server.ts";

let ground: ServedVendor;
beforeEach(async () => {
  ground = await servedVendor();
});
afterEach(() => ground.vendor.close());

test("a busy port is a clear error, and nothing is left running", async () => {
  const { port } = new URL(ground.url);
  const second = createServer({ ...optionsOf(ground.vendor), listen: { port: Number(port) } });
  await expect(second.start()).rejects.toMatchObject({ code: "PORT_BUSY" });
  await second.close();
});

test("ends at once while somebody is connected", async () => {
  const { port } = new URL(ground.url);
  const socket = connect(Number(port), "127.0.0.1");
  await new Promise((resolve) => socket.once("connect", resolve));
  socket.write("GET /healthz HTTP/1.1\r\n"); // never finishes
  socket.on("error", () => undefined);
  await ground.vendor.server.close(); // it never would, if it waited for the rest of that request
  const free = createTcpServer();
  await new Promise<void>((resolve) => free.listen(Number(port), "127.0.0.1", resolve));
  await new Promise((resolve) => free.close(resolve));
  socket.destroy();
});

function optionsOf({
  trust,
  simulator,
  store,
  host,
  directory,
}: Vendor): Parameters<typeof createServer>[0] {
  return {
    trust,
    key: simulator.signers.server[0]!.source,
    store,
    packages: host,
    transports: [],
    dataDirectory: `${directory}/second`,
  };
}
