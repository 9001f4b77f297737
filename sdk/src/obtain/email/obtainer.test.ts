import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import {
  archiveOf,
  testArchive,
  testFolder,
  type TestArchive,
  type TestFolder,
} from "../../../test/support/archives.ts";
import { partialPath, type ObtainRequest } from "../../transport/index.ts";
import { PartSpool } from "../../transport/parts/index.ts";
import { emailObtainer, type EmailObtainerOptions } from "./index.ts";
import { decideRequest } from "./patience.ts";

const partBytes = 1000;
const { signal } = new AbortController();

function cut({ bytes }: TestArchive): TestArchive[] {
  const parts = [];
  for (let at = 0; at < bytes.length; at += partBytes)
    parts.push(archiveOf(bytes.subarray(at, at + partBytes)));
  return parts;
}

async function put(spool: PartSpool, { bytes }: TestArchive): Promise<void> {
  const sink = await spool.openPart();
  await sink.write(bytes);
  await sink.close();
}

function bench(
  folder: TestFolder,
  archive: TestArchive,
  options: Partial<EmailObtainerOptions> = {},
) {
  const parts = cut(archive);
  const spool = new PartSpool({ directory: folder.at("parts") });
  const requests: (readonly number[])[] = [];
  const request: ObtainRequest = {
    sha256: archive.sha256,
    size: archive.size,
    target: folder.at("deployment", "archive"),
    inParts: { partBytes, parts: parts.map(({ sha256 }) => sha256) },
    requestParts: async (numbers) => void requests.push(numbers),
  };
  const obtain = (where = spool) =>
    emailObtainer({ parts: where, ...options }).obtain(request, { signal });
  return { parts, spool, request, requests, obtain };
}

test("put together when all parts are there, which are then given back", async () => {
  await using folder = await testFolder();
  const archive = testArchive(3500);
  const { parts, spool, obtain, request, requests } = bench(folder, archive);
  for (const at of [3, 0, 2]) await put(spool, parts[at] as TestArchive);
  await expect(obtain()).rejects.toMatchObject({ code: "PARTS_MISSING", retryable: true });
  const again = new PartSpool({ directory: folder.at("parts") });
  await put(again, parts[1] as TestArchive);
  expect(await obtain(again)).toEqual({ path: request.target, transferred: 3500 });
  expect(await readFile(request.target)).toEqual(archive.bytes);
  expect(await readdir(folder.at("parts"))).toEqual(["wanted"]);
  expect(await readdir(folder.at("parts", "wanted"))).toEqual([]);
  expect(await obtain(again)).toEqual({ path: request.target, transferred: 0 });
  expect(requests).toEqual([]);
});

test("goes on with what another source had begun, and begins anew where that was wrong", async () => {
  for (const begun of ["right", "wrong"]) {
    await using folder = await testFolder();
    const archive = testArchive(5000);
    const { parts, spool, obtain, request } = bench(folder, archive);
    for (const part of parts) await put(spool, part);
    const first = begun === "right" ? archive.bytes.subarray(0, 2500) : Buffer.alloc(2500);
    await mkdir(folder.at("deployment"));
    await writeFile(partialPath(request.target), first);
    await obtain();
    expect(await readFile(request.target)).toEqual(archive.bytes);
  }
});

test("a part that rotted on the disk is missing, and asked for", async () => {
  await using folder = await testFolder();
  const { parts, spool, obtain, requests } = bench(folder, testArchive(2500), { patienceMs: 0 });
  for (const part of parts) await put(spool, part);
  await writeFile(folder.at("parts", parts[1]?.sha256 ?? ""), Buffer.alloc(1000));
  await expect(obtain()).rejects.toMatchObject({ code: "PARTS_MISSING" });
  expect(requests).toEqual([[2]]);
});

test("asks after a patience, with growing pauses, so often; a part that comes begins it anew", async () => {
  await using folder = await testFolder();
  const now = { ms: 1_000_000 };
  const { parts, spool, obtain, requests } = bench(folder, testArchive(3000), {
    patienceMs: 1000,
    maxRequests: 3,
    clock: { now: () => new Date(now.ms) },
  });
  const askedAt: number[] = [];
  const look = async (untilMs: number): Promise<void> => {
    for (; now.ms < untilMs; now.ms += 500) {
      const before = requests.length;
      // Every look is a new process: what was asked for is on the disk.
      const where = new PartSpool({ directory: folder.at("parts") });
      await expect(obtain(where)).rejects.toMatchObject({ code: "PARTS_MISSING" });
      if (requests.length > before) askedAt.push(now.ms - 1_000_000);
    }
  };
  await look(1_020_000);
  expect(askedAt).toEqual([1000, 3000, 7000]);
  await put(spool, parts[1] as TestArchive);
  await look(1_022_000);
  expect(requests).toEqual([
    [1, 2, 3],
    [1, 2, 3],
    [1, 2, 3],
    [1, 3],
  ]);
});

test.each([
  ["no parts in the source", { inParts: undefined }, "UNAVAILABLE"],
  ["too few parts", { size: 9000 }, "SOURCE_FORBIDDEN"],
  [
    "more than the spool takes",
    {
      size: 2 ** 40,
      inParts: { partBytes: 2 ** 30, parts: Array<string>(1024).fill("a".repeat(64)) },
    },
    "SPACE",
  ],
])("%s: %s", async (_, change, code) => {
  await using folder = await testFolder();
  const { spool, request } = bench(folder, testArchive(2500));
  const { inParts, ...rest } = { ...request, ...change };
  const obtainer = emailObtainer({ parts: spool });
  const asked = inParts === undefined ? rest : { ...rest, inParts };
  await expect(obtainer.obtain(asked, { signal })).rejects.toMatchObject({ code });
});

test("parts that hold to their digests and are not the archive: PACKAGE_DIGEST, and nothing stays", async () => {
  await using folder = await testFolder();
  const { parts, spool, request } = bench(folder, testArchive(2500));
  for (const part of parts) await put(spool, part);
  const wrong = { ...request, sha256: "0".repeat(64) };
  const trial = emailObtainer({ parts: spool }).obtain(wrong, { signal });
  await expect(trial).rejects.toMatchObject({ code: "PACKAGE_DIGEST" });
  expect(await readdir(folder.at("deployment"))).toEqual([]);
});

test("a clock that was set back does not silence requests for years", () => {
  const patience = { patienceMs: 1000, maxRequests: 8 };
  const { asked } = decideRequest(undefined, 2, 5_000_000, patience);
  const back = decideRequest(asked, 2, 1_000_000, patience);
  expect(back.isDue).toBe(false);
  expect(decideRequest(back.asked, 2, 1_001_000, patience).isDue).toBe(true);
});
