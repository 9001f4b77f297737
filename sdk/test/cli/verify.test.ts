/** `outrider verify` tells apart why a package is refused, and explains every check in order. */
import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "vitest";
import { tamperEntry } from "./support/tamper.ts";
import {
  makeKey,
  makePackage,
  makeVendor,
  packageFolder,
  type KeyFiles,
} from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const archive = `${packageFolder}/press-control-3.0.0.outrider`;

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeVendor(workshop);
});
afterAll(() => workshop.close());

interface Verdict {
  readonly verified: boolean;
  readonly code?: string;
  readonly checks: readonly { readonly name: string; readonly passed: boolean }[];
}

async function verdictOf(...argv: readonly string[]): Promise<Verdict & { readonly exit: number }> {
  const { exit, stdout } = await workshop.run(["verify", ...argv, "--json"]);
  return { exit, ...(JSON.parse(stdout) as Verdict) };
}

test.for([packageFolder, `${packageFolder}/manifest.json`, archive])(
  "%s is good, and every check is told in order",
  async (target) => {
    const { exit, verified, checks } = await verdictOf(target);
    expect({ exit, verified }).toEqual({ exit: 0, verified: true });
    expect(checks.map(({ name }) => name)).toEqual([
      "trust",
      "signatures",
      "form",
      "role",
      "time",
      "recall",
      "archive",
      "contents",
    ]);
    expect(checks.every(({ passed }) => passed)).toBe(true);
  },
);

test("a good package, for people: who signed it, and under which role", async () => {
  const said = await workshop.done("verify", packageFolder);
  expect(said).toContain(`it is signed by ada (${keys.ada.fingerprint})`);
  expect(said).toContain("role release of press-control");
  expect(said).toMatch(/is good\.\n$/);
});

test("a changed file, in an archive that is whole otherwise", async () => {
  const undo = await tamperEntry(
    workshop.path(archive),
    "press-control 3.0.0\n",
    "press-control 6.6.6\n",
  );
  const verdict = await verdictOf(packageFolder);
  await undo();
  expect(verdict).toMatchObject({ exit: 1, verified: false, code: "PACKAGE_MISMATCH" });
  expect(verdict.checks.at(-1)).toMatchObject({ name: "contents", passed: false });
});

test("a changed manifest, in an archive that is whole otherwise", async () => {
  const manifest = await workshop.read(`${packageFolder}/manifest.json`);
  const undo = await tamperEntry(
    workshop.path(archive),
    manifest,
    manifest.replace("3.0.0", "9.0.0"),
  );
  const verdict = await verdictOf(archive);
  await undo();
  expect(verdict).toMatchObject({ exit: 1, verified: false, code: "SIGNATURE_INVALID" });
});

test.for([
  ["its version", "3.0.0", "9.0.0"],
  ["so that it is no manifest any more", '"releasedAt"', '"releasedOn"'],
  ["so that it is no JSON any more", "{", "["],
])("a changed manifest: %s", async ([, from = "", to = ""]) => {
  const file = `${packageFolder}/manifest.json`;
  await workshop.edit(file, from, to);
  const verdict = await verdictOf(packageFolder);
  await workshop.edit(file, to, from);
  expect(verdict).toMatchObject({ exit: 1, verified: false, code: "SIGNATURE_INVALID" });
});

test("a damaged archive is refused as PACKAGE_MALFORMED", async () => {
  const bytes = await readFile(workshop.path(archive));
  await writeFile(workshop.path("damaged.outrider"), bytes.subarray(0, -9));
  const { exit, stdout } = await workshop.run(["verify", "damaged.outrider", "--json"]);
  expect(exit).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "PACKAGE_MALFORMED" } });
});

test("an unsigned package is refused as SIGNATURE_MISSING", async () => {
  await makePackage(workshop, "3.0.1");
  const verdict = await verdictOf("dist/press-control-3.0.1");
  expect(verdict).toMatchObject({ exit: 1, verified: false, code: "SIGNATURE_MISSING" });
});

test("a package signed by a key that the trust document does not know", async () => {
  const stranger = await makeKey(workshop, "stranger");
  await makePackage(workshop, "3.0.2");
  await workshop.done("sign", "dist/press-control-3.0.2", "--key", stranger.secretKey);
  const verdict = await verdictOf("dist/press-control-3.0.2");
  expect(verdict).toMatchObject({ exit: 1, verified: false, code: "KEY_UNKNOWN" });
});

test("a package signed by a key that is past its end", async () => {
  const trust = "expired.json";
  const late = await makeKey(workshop, "late");
  await workshop.done(
    "trust",
    "init",
    "--root",
    keys.root.publicKey,
    "--server",
    keys.server.publicKey,
    "--trust",
    trust,
  );
  await workshop.done(
    "trust",
    "add-key",
    late.publicKey,
    "--role",
    "release",
    "--package",
    "*",
    "--not-after",
    "2020-01-01",
    "--trust",
    trust,
  );
  await workshop.done("trust", "sign", "--key", keys.root.secretKey, "--trust", trust);
  await makePackage(workshop, "3.0.3");
  await workshop.done("sign", "dist/press-control-3.0.3", "--key", late.secretKey);
  const verdict = await verdictOf("dist/press-control-3.0.3", "--trust", trust);
  expect(verdict).toMatchObject({ exit: 1, verified: false, code: "KEY_EXPIRED" });
});

test("the archive of another release in the folder", async () => {
  const folder = await makePackage(workshop, "3.0.4");
  await workshop.done("sign", folder, "--key", keys.ada.secretKey);
  const other = await readFile(workshop.path(archive));
  await writeFile(workshop.path(folder, "press-control-3.0.4.outrider"), other);
  expect(await verdictOf(folder)).toMatchObject({ exit: 1, code: "PACKAGE_MISMATCH" });
});

test("a refusal, for people: what held, what did not, and the code", async () => {
  const { exit, stdout } = await workshop.run(["verify", "dist/press-control-3.0.1"]);
  expect(exit).toBe(1);
  expect(stdout).toMatch(/^ok {7}trust/);
  expect(stdout).toMatch(/^REFUSED {2}signatures/m);
  expect(stdout).toMatch(/is refused: SIGNATURE_MISSING\.\n$/);
});
