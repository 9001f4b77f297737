/** Whatever is done to an archive's bytes: exactly the signed files come out, or an error with a code, and nothing beside. */
import { readdir, readFile } from "node:fs/promises";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { isOutriderError } from "../../src/errors/index.ts";
import { extractArchive, openArchive } from "../../src/package/index.ts";
import { testFolder } from "../support/archives.ts";
import { hostileZip, placeArchive, trueArchive } from "../support/hostile-archive.ts";

const { manifest, entries } = trueArchive({
  "a.txt": "alpha",
  "b/c.txt": "beta",
  "b/d.txt": "x".repeat(500),
});
const good = hostileZip(entries);

const offset = fc.nat(good.length - 1);
const mutation = fc.oneof(
  fc.tuple(offset, fc.nat(255)).map(
    ([at, byte]) =>
      (bytes: Buffer) =>
        bytes.length > at
          ? Buffer.concat([bytes.subarray(0, at), Buffer.from([byte]), bytes.subarray(at + 1)])
          : bytes,
  ),
  fc.tuple(offset, fc.uint8Array({ maxLength: 40 })).map(
    ([at, more]) =>
      (bytes: Buffer) =>
        Buffer.concat([bytes.subarray(0, at), more, bytes.subarray(at)]),
  ),
  fc.tuple(offset, fc.nat(60)).map(
    ([at, count]) =>
      (bytes: Buffer) =>
        Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + count)]),
  ),
  fc.tuple(offset, offset, fc.nat(100)).map(([from, to, count]) => (bytes: Buffer) => {
    const copy = Buffer.from(bytes);
    copy.copyWithin(
      Math.min(to, copy.length),
      Math.min(from, copy.length),
      Math.min(from + count, copy.length),
    );
    return copy;
  }),
);

async function extract(bytes: Buffer): Promise<string> {
  await using folder = await testFolder();
  const outcome = await (async () => {
    const archive = await openArchive(await placeArchive(folder.at("in"), bytes));
    try {
      await extractArchive(archive, { manifest, targetDirectory: folder.at("target") });
    } finally {
      await archive.close();
    }
    const content = await Promise.all(
      ["a.txt", "b/c.txt", "b/d.txt"].map((name) => readFile(folder.at("target", name), "utf8")),
    );
    return content.join("");
  })().catch((error: unknown) =>
    isOutriderError(error) ? error.code : `not ours: ${String(error)}`,
  );
  const beside = (await readdir(folder.path)).filter((name) => name !== "in" && name !== "target");
  return beside.length === 0 ? outcome : `left beside: ${beside.join()}`;
}

test("the archive reader on mutated archives", async () => {
  const whole = `alphabeta${"x".repeat(500)}`;
  expect(await extract(good)).toBe(whole);
  await fc.assert(
    fc.asyncProperty(fc.array(mutation, { minLength: 1, maxLength: 4 }), async (mutations) => {
      const bytes = mutations.reduce((before, mutate) => mutate(before), good);
      const outcome = await extract(bytes);
      expect(outcome === whole || /^[A-Z]+(_[A-Z]+)*$/.test(outcome)).toBe(true);
      // There is one layout: other bytes are never the same package.
      expect(outcome === whole).toBe(bytes.equals(good));
    }),
    { numRuns: 300 },
  );
});
