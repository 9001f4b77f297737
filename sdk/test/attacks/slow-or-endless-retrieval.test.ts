/** N13: a source that drips, or never ends. The signed length caps it, a minimum rate and a deadline end it. */
import { expect, test } from "vitest";
import { httpObtainer, type HttpObtainerOptions } from "../../src/obtain/http/index.ts";
import { startHttp, type ArchiveServer } from "../support/archive-server.ts";
import { testArchive, testFolder, type TestFolder } from "../support/archives.ts";

const archive = testArchive(1_000_000);

async function refusalOf(
  server: ArchiveServer,
  folder: TestFolder,
  options: Partial<HttpObtainerOptions>,
): Promise<{ readonly code: unknown; readonly mostBytes: number }> {
  let mostBytes = 0;
  const { sha256, size } = archive;
  const request = {
    sha256,
    size,
    url: server.url,
    target: folder.at("archive"),
    onProgress: (bytes: number) => (mostBytes = Math.max(mostBytes, bytes)),
  };
  const code = await httpObtainer({ hosts: [server.host], allowLoopback: true, ...options })
    .obtain(request, { signal: new AbortController().signal })
    .then(
      () => "obtained",
      (error: unknown) => (error as { readonly code?: unknown }).code,
    );
  return { code, mostBytes };
}

test("N13 a byte now and then: ended after one window, nothing is left", async () => {
  await using folder = await testFolder();
  await using server = await startHttp((_, response) => {
    const timer = setInterval(() => response.write("x"), 20);
    response.on("close", () => clearInterval(timer));
  });
  const { code } = await refusalOf(server, folder, {
    rateWindowMs: 500,
    minimumBytesPerSecond: 1000,
  });
  expect(code).toBe("UNAVAILABLE");
  expect(server.ranges).toHaveLength(1);
  expect(await folder.names()).toEqual([]);
});

test("N13 a server that accepts and is silent: ended after one window", async () => {
  await using folder = await testFolder();
  await using server = await startHttp(() => undefined);
  const { code } = await refusalOf(server, folder, { rateWindowMs: 500 });
  expect(code).toBe("UNAVAILABLE");
  expect(server.ranges).toHaveLength(1);
  expect(await folder.names()).toEqual([]);
});

test("N13 fast enough in every window, but past the deadline: ended", async () => {
  await using folder = await testFolder();
  await using server = await startHttp((_, response) => {
    const timer = setInterval(() => response.write(archive.bytes.subarray(0, 1000)), 10);
    response.on("close", () => clearInterval(timer));
  });
  const { code, mostBytes } = await refusalOf(server, folder, {
    rateWindowMs: 100,
    minimumBytesPerSecond: 1000,
    deadlineMs: 400,
  });
  expect(code).toBe("UNAVAILABLE");
  expect(mostBytes).toBeLessThan(archive.size);
});

test("N13 an endless body: ended at the signed length, nothing is left", async () => {
  await using folder = await testFolder();
  await using server = await startHttp((_, response) => {
    const piece = Buffer.alloc(64 * 1024);
    const pour = (): void => {
      while (!response.destroyed && response.write(piece));
    };
    response.on("drain", pour);
    pour();
  });
  const { code, mostBytes } = await refusalOf(server, folder, {});
  expect(code).toBe("PACKAGE_DIGEST");
  expect(mostBytes).toBeLessThanOrEqual(archive.size);
  expect(await folder.names()).toEqual([]);
});

test("N13 a server that cuts after every few bytes is not followed for ever", async () => {
  await using folder = await testFolder();
  await using server = await startHttp((_, response) => {
    response.writeHead(200, { "content-length": archive.size });
    response.write("x", () => response.destroy());
  });
  const { code } = await refusalOf(server, folder, {});
  expect(code).toBe("UNAVAILABLE");
  expect(server.ranges.length).toBeLessThanOrEqual(5);
});
