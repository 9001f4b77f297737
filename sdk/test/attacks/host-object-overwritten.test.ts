/** THREATS H1: whoever owns the storage changes an object under its name. The agent refuses it and takes the next mirror. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { bucketHost } from "../../src/host/index.ts";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import { Bench } from "../support/agent-bench.ts";
import { serveArchive, startHttp } from "../support/archive-server.ts";
import { archiveOf } from "../support/archives.ts";
import { startS3Server } from "../support/s3-server.ts";

test("H1 an object that was overwritten in the storage is refused, and the next mirror is taken", async () => {
  await using storage = await startS3Server();
  const bench = await Bench.make();
  const release = await bench.publisher.release({ version: "1.0.0" });
  const archive = archiveOf(Buffer.from(release.archive.bytes));
  const host = await bucketHost({
    endpoint: storage.endpoint,
    ...storage.login,
    region: "eu-test-1",
    path: join(bench.root, "host"),
  });
  const forged = Buffer.from(archive.bytes);
  forged[forged.length >> 1]! ^= 1;
  storage.objects.set(`archives/${archive.sha256}.outrider`, forged);
  // The server sends agents to the storage, as `host.bucket.linkSeconds` has it.
  const link = await host.link(archive.sha256, 60);
  await using server = await startHttp((_request, response) => {
    response.writeHead(307, { location: link }).end();
  });
  await using mirror = await startHttp(serveArchive(archive));
  const hosts = [server.host, storage.host, mirror.host];
  await bench.start({ obtainers: [httpObtainer({ hosts, allowLoopback: true, maxAttempts: 1 })] });
  const sources = [server, mirror].map(({ url }) => ({ kind: "http", url }) as const);
  const pushed = await bench.publisher.push(release, { notification: { sources } });
  expect(await bench.deliver(pushed)).toMatchObject({ detail: "demo-app 1.0.0 is installed." });
  expect(storage.requests.some((line) => line.includes(`${archive.sha256}.outrider?`))).toBe(true);
  const [receipt] = await bench.receipts();
  expect(receipt?.trace).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^http 127.0.0.1:\d+: PACKAGE_DIGEST$/),
      expect.stringMatching(/: obtained$/),
    ]),
  );
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  await bench.clear();
});
