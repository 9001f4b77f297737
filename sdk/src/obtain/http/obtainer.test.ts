import { readFile, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, test } from "vitest";
import {
  serveArchive,
  startHttp,
  type ArchiveServer,
} from "../../../test/support/archive-server.ts";
import {
  testArchive,
  testFolder,
  type TestArchive,
  type TestFolder,
} from "../../../test/support/archives.ts";
import { verifies } from "../../../test/support/verifies.ts";
import type { ObtainedArchive } from "../../transport/index.ts";
import { httpObtainer, type HttpObtainerOptions } from "./index.ts";

const signal = new AbortController().signal;

function obtain(
  { sha256, size }: TestArchive,
  server: ArchiveServer,
  folder: TestFolder,
  options: Partial<HttpObtainerOptions> = {},
): Promise<ObtainedArchive> {
  const obtainer = httpObtainer({ hosts: [server.host], allowLoopback: true, ...options });
  return obtainer.obtain(
    { sha256, size, url: server.url, target: folder.at("archive") },
    { signal },
  );
}

test("an archive is fetched, and not fetched again where it lies already", async () => {
  verifies("step-88");
  await using folder = await testFolder();
  const archive = testArchive(1_000_000);
  await using server = await startHttp(serveArchive(archive));
  expect(await obtain(archive, server, folder)).toEqual({
    path: folder.at("archive"),
    transferred: archive.size,
  });
  expect((await readFile(folder.at("archive"))).equals(archive.bytes)).toBe(true);
  expect(await obtain(archive, server, folder)).toMatchObject({ transferred: 0 });
  expect(server.ranges).toEqual([""]);
  expect(await folder.names()).toEqual(["archive"]);
});

describe("resuming", () => {
  test("goes on by itself after cuts, and transfers every byte once", async () => {
    await using folder = await testFolder();
    const archive = testArchive(1_000_000);
    await using server = await startHttp(serveArchive(archive, { cutAfter: 300_000, cuts: 3 }));
    expect(await obtain(archive, server, folder)).toMatchObject({ transferred: archive.size });
    expect((await readFile(folder.at("archive"))).equals(archive.bytes)).toBe(true);
    expect(server.ranges).toHaveLength(4);
  });

  test("goes on after a restart", async () => {
    await using folder = await testFolder();
    const archive = testArchive(1_000_000);
    await using server = await startHttp(serveArchive(archive, { cutAfter: 500_000 }));
    await expect(obtain(archive, server, folder, { maxAttempts: 1 })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(await folder.names()).toEqual(["archive.partial", "archive.partial.etag"]);
    const { length } = await readFile(folder.at("archive.partial"));
    expect(length).toBeGreaterThan(300_000); // what the sockets still held is lost with the connection
    expect(await obtain(archive, server, folder)).toMatchObject({
      transferred: archive.size - length,
    });
    expect(server.ranges).toEqual(["", `bytes=${length}-`]);
    expect(await folder.names()).toEqual(["archive"]);
  });

  test("begins anew where the server has something else by now", async () => {
    await using folder = await testFolder();
    const archive = testArchive(400_000);
    await writeFile(folder.at("archive.partial"), Buffer.alloc(200_000));
    await writeFile(folder.at("archive.partial.etag"), '"old"');
    await using server = await startHttp(serveArchive(archive));
    await obtain(archive, server, folder);
    expect((await readFile(folder.at("archive"))).equals(archive.bytes)).toBe(true);
  });

  test("begins anew where what was there turns out to be wrong", async () => {
    await using folder = await testFolder();
    const archive = testArchive(400_000);
    await writeFile(folder.at("archive.partial"), Buffer.alloc(200_000));
    await using server = await startHttp(serveArchive(archive, { etag: null }));
    expect(await obtain(archive, server, folder)).toMatchObject({ transferred: 600_000 });
    expect(server.ranges).toEqual(["bytes=200000-", ""]);
  });

  test.each([
    [
      "does not know Range",
      (archive: TestArchive) => (_: unknown, response: ServerResponse) =>
        void response.end(archive.bytes),
    ],
    [
      "answers another range",
      (archive: TestArchive) => (request: IncomingMessage, response: ServerResponse) => {
        if (request.headers.range === undefined) return void response.end(archive.bytes);
        response
          .writeHead(206, { "content-range": `bytes 0-${archive.size - 1}/${archive.size}` })
          .end(archive.bytes);
      },
    ],
    [
      "says 416",
      (archive: TestArchive) => (request: IncomingMessage, response: ServerResponse) => {
        if (request.headers.range === undefined) return void response.end(archive.bytes);
        response.writeHead(416).end();
      },
    ],
  ])("a server that %s: from the beginning", async (_, answer) => {
    await using folder = await testFolder();
    const archive = testArchive(200_000);
    await writeFile(folder.at("archive.partial"), archive.bytes.subarray(0, 100_000));
    await using server = await startHttp(answer(archive));
    await obtain(archive, server, folder);
    expect((await readFile(folder.at("archive"))).equals(archive.bytes)).toBe(true);
  });

  test("a complete part needs no request", async () => {
    await using folder = await testFolder();
    const archive = testArchive(1000);
    await writeFile(folder.at("archive.partial"), archive.bytes);
    await using server = await startHttp(serveArchive(archive));
    expect(await obtain(archive, server, folder)).toMatchObject({ transferred: 0 });
    expect(server.ranges).toEqual([]);
  });
});

describe("refuses", () => {
  test.each([
    ["other bytes", "PACKAGE_DIGEST", (archive: TestArchive) => Buffer.alloc(archive.size), {}],
    ["more bytes", "PACKAGE_DIGEST", (archive: TestArchive) => Buffer.alloc(archive.size + 1), {}],
    ["fewer bytes", "PACKAGE_DIGEST", (archive: TestArchive) => Buffer.alloc(archive.size - 1), {}],
    [
      "an encoding",
      "UNAVAILABLE",
      (archive: TestArchive) => archive.bytes,
      { "content-encoding": "gzip" },
    ],
  ])("%s", async (_, code, body, headers) => {
    await using folder = await testFolder();
    const archive = testArchive(100_000);
    await using server = await startHttp(
      (_request, response) => void response.writeHead(200, headers).end(body(archive)),
    );
    await expect(obtain(archive, server, folder)).rejects.toMatchObject({ code });
    expect(await folder.names()).toEqual([]);
  });

  test.each([401, 403, 404, 410, 429, 500, 503])("status %i, to be tried later", async (status) => {
    await using folder = await testFolder();
    await using server = await startHttp(
      (_, response) => void response.writeHead(status).end("sorry"),
    );
    await expect(obtain(testArchive(10), server, folder)).rejects.toMatchObject({
      code: "UNAVAILABLE",
      retryable: true,
    });
  });

  test("a server that is not there", async () => {
    await using folder = await testFolder();
    const server = await startHttp(() => undefined);
    await server[Symbol.asyncDispose]();
    await expect(obtain(testArchive(10), server, folder)).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect(await folder.names()).toEqual([]);
  });
});

describe("redirects", () => {
  test("are followed to allowed hosts", async () => {
    await using folder = await testFolder();
    const archive = testArchive(1000);
    await using mirror = await startHttp(serveArchive(archive));
    await using server = await startHttp(
      (request, response) =>
        void response.writeHead(302, { location: `http://${mirror.host}${request.url}` }).end(),
    );
    await obtain(archive, server, folder, { hosts: [server.host, mirror.host] });
    expect(await folder.names()).toEqual(["archive"]);
  });

  test("are not followed elsewhere, nor for ever", async () => {
    await using folder = await testFolder();
    const archive = testArchive(1000);
    await using other = await startHttp(serveArchive(archive));
    await using server = await startHttp(
      (request, response) =>
        void response.writeHead(302, { location: `http://${other.host}${request.url}` }).end(),
    );
    await expect(obtain(archive, server, folder)).rejects.toMatchObject({
      code: "SOURCE_FORBIDDEN",
    });
    expect(other.ranges).toEqual([]);
    await using loop = await startHttp(
      (request, response) => void response.writeHead(307, { location: request.url }).end(),
    );
    await expect(obtain(archive, loop, folder)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(loop.ranges).toHaveLength(6);
    await using odd = await startHttp(
      (_, response) => void response.writeHead(302, { location: "file:///etc/hostname" }).end(),
    );
    await expect(obtain(archive, odd, folder)).rejects.toMatchObject({ code: "SOURCE_FORBIDDEN" });
  });
});

test("a rate that the machine's policy sets is kept to, and no server is taken for slow for it", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(60_000);
  await using server = await startHttp(
    (_, response) => void response.writeHead(200, { "content-length": size }).end(bytes),
  );
  const obtainer = httpObtainer({
    hosts: [server.host],
    allowLoopback: true,
    minimumBytesPerSecond: 20_000,
    rateWindowMs: 1500,
  });
  const startedAt = performance.now();
  await obtainer.obtain(
    { sha256, size, url: server.url, target: folder.at("archive"), bytesPerSecond: 30_000 },
    { signal },
  );
  expect(performance.now() - startedAt).toBeGreaterThan(1900);
  expect((await readFile(folder.at("archive"))).equals(bytes)).toBe(true);
});

test("a download that is cancelled ends at once, as CANCELLED", async () => {
  await using folder = await testFolder();
  await using server = await startHttp(() => undefined);
  const { sha256, size } = testArchive(10);
  const obtainer = httpObtainer({ hosts: [server.host], allowLoopback: true });
  const request = { sha256, size, url: server.url, target: folder.at("archive") };
  const obtaining = obtainer.obtain(request, { signal: AbortSignal.timeout(50) });
  await expect(obtaining).rejects.toMatchObject({ code: "CANCELLED" });
});
