/** P4: names that a shell would take for commands are only names, and a verifier that throws is a refusal. */
import { readdir, readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { checkContents, extractArchive, openArchive } from "../../src/package/index.ts";
import { nodeFileSystem, type FileSystem } from "../../src/ports/index.ts";
import { testFolder } from "../support/archives.ts";
import { hostileZip, placeArchive, trueArchive } from "../support/hostile-archive.ts";

const names = [
  "`touch evil`",
  "$(touch evil)",
  "%PATH%",
  "it's",
  "a; touch evil",
  "a && touch evil",
  "-rf",
  "~root",
  "${HOME}",
];

test("P4 names with back quotes, dollars, per cent signs and quotes are installed to the letter", async () => {
  await using folder = await testFolder();
  const { manifest, entries } = trueArchive(Object.fromEntries(names.map((name) => [name, name])));
  const archive = await openArchive(await placeArchive(folder.at("in"), hostileZip(entries)));
  await checkContents(archive, manifest);
  await extractArchive(archive, { manifest, targetDirectory: folder.at("target") });
  await archive.close();
  expect((await readdir(folder.at("target"))).toSorted()).toEqual(names.toSorted());
  for (const name of names) expect(await readFile(folder.at("target", name), "utf8")).toBe(name);
  expect(await folder.names()).toEqual(["in", "target"]);
});

/** Fails the n-th call of any kind. */
function failingAt(fatal: number): { fileSystem: FileSystem; calls: () => number } {
  let calls = 0;
  const step = (): void => {
    if (++calls === fatal) throw new TypeError("a fault that nobody foresaw");
  };
  const guard = <T extends object>(target: T): T =>
    new Proxy(target, {
      get(object, name, receiver) {
        const value: unknown = Reflect.get(object, name, receiver);
        if (typeof value !== "function" || name === "close" || name === "remove") return value;
        return async (...options: unknown[]) => {
          step();
          const result: unknown = await Reflect.apply(value, object, options);
          return name === "open" ? guard(result as object) : result;
        };
      },
    });
  return { fileSystem: guard(nodeFileSystem), calls: () => calls };
}

test("P4 whatever throws inside, at whichever call: nothing is installed", async () => {
  const { manifest, entries } = trueArchive({ "a.txt": "alpha", "b/c.txt": "beta" });
  const bytes = hostileZip(entries);
  let installed = 0;
  for (let fatal = 1; installed === 0; fatal++) {
    await using folder = await testFolder();
    const named = await placeArchive(folder.at("in"), bytes);
    const { fileSystem, calls } = failingAt(fatal);
    const outcome = await (async () => {
      const archive = await openArchive(named, { fileSystem });
      try {
        await extractArchive(archive, {
          manifest,
          targetDirectory: folder.at("target"),
          fileSystem,
        });
      } finally {
        await archive.close();
      }
      return "installed";
    })().catch(() => "refused");
    if (calls() < fatal) installed++; // no fault fired any more
    const isThere = (await folder.names()).includes("target");
    // The last calls make the rename durable: then it is there, and whole.
    if (outcome === "refused" && isThere)
      expect(await readFile(folder.at("target", "b", "c.txt"), "utf8")).toBe("beta");
    else expect(isThere).toBe(outcome === "installed");
    expect(fatal).toBeLessThan(500);
  }
});
