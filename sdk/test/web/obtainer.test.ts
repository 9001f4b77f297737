/** The Internet utility against nginx, as a vendor's host serves packages: whole, cut, slow, gone, busy, moved, by TLS. */
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpObtainer, type HttpObtainerOptions } from "../../src/obtain/http/index.ts";
import { oneProxy } from "../../src/transport/web/index.ts";
import { startNginx, type Nginx } from "../servers/nginx.ts";
import { testArchive, testFolder, type TestFolder } from "../support/archives.ts";
import { cuttingProxy } from "../support/cutting-proxy.ts";
import { verifies } from "../support/verifies.ts";
import { startWebProxy } from "../support/web-proxy.ts";

const archive = testArchive(2_000_000);
const name = `${archive.sha256}.outrider`;
let ground: TestFolder;
let nginx: Nginx | undefined;
beforeAll(async () => {
  ground = await testFolder();
  nginx = await startNginx(ground.path);
  if (nginx === undefined) return;
  await mkdir(join(nginx.root, "packages"), { recursive: true });
  await writeFile(join(nginx.root, "packages", name), archive.bytes);
});
afterAll(async () => {
  await nginx?.[Symbol.asyncDispose]();
  await ground[Symbol.asyncDispose]();
});

interface Got {
  readonly transferred: number;
  /** The archive is there, and it is the right one. */
  readonly isRight: boolean;
}

async function get(
  url: string,
  folder: TestFolder,
  options: Partial<HttpObtainerOptions> = {},
): Promise<Got> {
  const { host } = new URL(url);
  const obtainer = httpObtainer({ hosts: [host], allowLoopback: true, ...options });
  const { sha256, size } = archive;
  const target = folder.at("archive");
  const { transferred } = await obtainer.obtain(
    { sha256, size, url, target },
    { signal: AbortSignal.timeout(150_000) },
  );
  const bytes = await readFile(target);
  return { transferred, isRight: bytes.equals(archive.bytes) };
}

const whole = { transferred: archive.size, isRight: true };

test("whole, and when it is there nothing is asked again", async () => {
  verifies("step-88");
  if (nginx === undefined) return;
  await using folder = await testFolder();
  expect(await get(`${nginx.url}packages/`, folder)).toEqual(whole);
  const before = (await nginx.requests()).length;
  expect(await get(`${nginx.url}packages/`, folder)).toMatchObject({ transferred: 0 });
  expect((await nginx.requests()).length).toBe(before);
});

test("cut at half: it goes on where it was, and no byte that came is fetched again", async () => {
  verifies("step-88");
  if (nginx === undefined) return;
  await using folder = await testFolder();
  await using wire = await cuttingProxy(Number(new URL(nginx.url).port));
  wire.cutAfter(archive.size / 2, 1);
  const got = await get(`http://127.0.0.1:${wire.port}/packages/`, folder);
  expect(got).toEqual(whole);
  const rest = (await nginx.requests()).filter((line) => line.includes(" 206 "));
  expect(rest).toEqual([expect.stringMatching(/ 206 bytes=\d{6,}- \d+$/)]);
});

test("cut at half, and the agent is started anew: nginx's ETag of before is the one of now", async () => {
  if (nginx === undefined) return;
  await using folder = await testFolder();
  await using wire = await cuttingProxy(Number(new URL(nginx.url).port));
  wire.cutAfter(archive.size / 2, 1);
  const url = `http://127.0.0.1:${wire.port}/packages/`;
  await expect(get(url, folder, { maxAttempts: 1 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  const { length } = await readFile(folder.at("archive.partial"));
  expect(length).toBeGreaterThan(archive.size / 4);
  expect(await get(url, folder)).toEqual({ transferred: archive.size - length, isRight: true });
});

test("changed on the host between two halves: begun anew, by the strong validator", async () => {
  if (nginx === undefined) return;
  await using folder = await testFolder();
  await mkdir(join(nginx.root, "moving"), { recursive: true });
  await writeFile(join(nginx.root, "moving", name), Buffer.alloc(archive.size));
  await using wire = await cuttingProxy(Number(new URL(nginx.url).port));
  wire.cutAfter(archive.size / 2, 1);
  const url = `http://127.0.0.1:${wire.port}/moving/`;
  await expect(get(url, folder, { maxAttempts: 1 })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  await new Promise((resolve) => setTimeout(resolve, 1100)); // nginx's ETag has whole seconds
  await writeFile(join(nginx.root, "moving", name), archive.bytes);
  expect(await get(url, folder)).toEqual(whole);
});

test("a host without Range: from the beginning", async () => {
  if (nginx === undefined) return;
  await using folder = await testFolder();
  await writeFile(folder.at("archive.partial"), archive.bytes.subarray(0, 1_000_000));
  expect(await get(`${nginx.url}norange/packages/`, folder)).toEqual(whole);
});

test.each(["gone/packages/", "busy/packages/", "nowhere/", "auth/packages/"])(
  "%s: another mirror is tried",
  async (path) => {
    if (nginx === undefined) return;
    await using folder = await testFolder();
    await expect(get(nginx.url + path, folder)).rejects.toMatchObject({ code: "UNAVAILABLE" });
    expect(await folder.names()).toEqual([]);
  },
);

test("moved: one redirect is followed, on the same host; not to a host that is not named", async () => {
  if (nginx === undefined) return;
  await using folder = await testFolder();
  expect(await get(`${nginx.url}redirect/packages/`, folder)).toEqual(whole);
  await using other = await testFolder();
  await expect(
    get(`${nginx.url}redirect/packages/`, other, { maxRedirects: 0 }),
  ).rejects.toMatchObject({ code: "UNAVAILABLE" });
});

test("N13 slow: below the least rate it is given up in bound; what came is kept", async () => {
  if (nginx === undefined) return;
  await using folder = await testFolder();
  const options = { minimumBytesPerSecond: 1_000_000, rateWindowMs: 300 };
  await expect(get(`${nginx.url}slow/packages/`, folder, options)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
});

test("TLS: by the site's authority, and not by the system's", async () => {
  if (nginx === undefined) return;
  await using folder = await testFolder();
  const url = `${nginx.tlsUrl}packages/`;
  await expect(get(url, folder)).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect(await get(url, folder, { ca: nginx.ca })).toEqual(whole);
});

test("by a proxy: plain, and by CONNECT with the server's own TLS inside", async () => {
  if (nginx === undefined) return;
  await using proxy = await startWebProxy();
  const options = { proxies: oneProxy(proxy.url), ca: nginx.ca };
  await using one = await testFolder();
  expect(await get(`${nginx.url}packages/`, one, options)).toEqual(whole);
  await using two = await testFolder();
  expect(await get(`${nginx.tlsUrl}packages/`, two, options)).toEqual(whole);
  await using three = await testFolder();
  const strangers = { proxies: oneProxy(proxy.url) };
  await expect(get(`${nginx.tlsUrl}packages/`, three, strangers)).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  expect(proxy.asked).toEqual([
    `GET ${nginx.url}packages/${name}`,
    `CONNECT ${nginx.tlsHost}`,
    `CONNECT ${nginx.tlsHost}`,
  ]);
});

test("a probe says who answers, and fetches nothing", async () => {
  if (nginx === undefined) return;
  const { sha256, size } = archive;
  const obtainer = httpObtainer({ hosts: [nginx.host, "127.0.0.1:9"], allowLoopback: true });
  const reach = (url: string): Promise<unknown> | undefined =>
    obtainer.probe?.(
      { sha256, size, url, target: "/nowhere" },
      { signal: AbortSignal.timeout(150_000) },
    );
  expect(await reach(`${nginx.url}packages/`)).toBe("reachable");
  expect(await reach(`${nginx.url}busy/`)).toBe("unreachable");
  await expect(reach("http://127.0.0.1:9/")).rejects.toMatchObject({ code: "UNAVAILABLE" });
  expect((await nginx.requests()).at(-2)).toMatch(/^HEAD .* 200 - 0$/);
});
