/** THREATS N13, the other way round: a stranger asks for a package and reads none of it; what waits for him is memory. */
import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import createFastify, { type FastifyInstance } from "fastify";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { HttpParts } from "../../src/server/http/index.ts";
import { publicRoutes } from "../../src/server/http/routes/public.ts";

const sha256 = "a".repeat(64);
const size = 30_000_000; // more than the system keeps for a connection
let folder: string;
let app: FastifyInstance;
let port: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-reader-"));
  const path = join(folder, "archive");
  await writeFile(path, randomBytes(size));
  const packages = { archive: async () => ({ path, sha256, size }) };
  app = createFastify({ forceCloseConnections: true });
  publicRoutes(app, { packages } as unknown as HttpParts, 100);
  await app.listen({ port: 0, host: "127.0.0.1" });
  ({ port } = app.server.address() as AddressInfo);
});
afterEach(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

test("N13 a reader who does not read is cut, and its file is closed", async () => {
  const gone = new Promise((resolve) =>
    app.server.once("connection", (own) => own.once("close", resolve)),
  );
  const socket = connect(port, "127.0.0.1").pause();
  socket.on("error", () => undefined); // it is cut
  socket.write(`GET /packages/${sha256}.outrider HTTP/1.1\r\nHost: localhost\r\n\r\n`);
  await gone;
  socket.destroy();
});

test("N13 whoever asks only for the head of a package has not a byte of it read", async () => {
  const path = join(folder, "archive");
  await rm(path); // reading it would fail
  const answer = await fetch(`http://127.0.0.1:${port}/packages/${sha256}.outrider`, {
    method: "HEAD",
  });
  expect([answer.status, answer.headers.get("content-length")]).toEqual([200, String(size)]);
});
