/** P6: a package for another product, or for another kind of machine, is refused however well it is signed. */
import { expect, test } from "vitest";
import { chooseVariant, extractArchive, openArchive } from "../../src/package/index.ts";
import { testFolder } from "../support/archives.ts";
import { hostileZip, placeArchive, trueArchive } from "../support/hostile-archive.ts";
import { verdictOf } from "../support/refusal.ts";
import { Simulator } from "../support/simulator.ts";

const linux = { os: "linux", arch: "x64", libc: "glibc" } as const;
const polymorphic = trueArchive(
  { "linux/run": "elf", "windows/run": "exe" },
  {
    variants: [
      { name: "linux", when: { os: ["linux"], arch: ["arm64"], facts: { line: "4" } } },
      { name: "windows", when: { os: ["win32"] } },
    ],
  },
);

test.each([
  ["processor", linux],
  ["operating system", { os: "darwin", arch: "arm64" }],
  ["vendor's fact", { os: "linux", arch: "arm64", facts: { line: "5" } }],
  ["missing fact", { os: "linux", arch: "arm64" }],
])("P6 another %s: no variant fits", (_what, machine) => {
  expect(verdictOf(() => chooseVariant(polymorphic.manifest.document, machine))).toBe(
    "VARIANT_NONE",
  );
});

test("P6 a package with variants is never extracted without one", async () => {
  await using folder = await testFolder();
  const archive = await openArchive(
    await placeArchive(folder.at("in"), hostileZip(polymorphic.entries)),
  );
  const targetDirectory = folder.at("target");
  for (const variant of [undefined, "macos"])
    await expect(
      extractArchive(archive, { manifest: polymorphic.manifest, variant, targetDirectory }),
    ).rejects.toMatchObject({
      code: "VARIANT_NONE",
    });
  await archive.close();
});

test("P6 a signed manifest of another product, or of another version, than the trigger orders", async () => {
  const simulator = await Simulator.start();
  const wanted = await simulator.deploy();
  const other = await simulator.deploy({ name: "other-app" });
  const later = await simulator.deploy({ version: "2.0.0" });
  const trust = simulator.client();
  const trigger = trust.verifyTrigger(wanted.trigger);
  expect(verdictOf(() => trust.verifyManifest(wanted.manifest, trigger))).toBe("accepted");
  for (const { manifest } of [other, later])
    expect(verdictOf(() => trust.verifyManifest(manifest, trigger))).toBe("MANIFEST_MISMATCH");
});
