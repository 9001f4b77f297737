/** The command as it is installed: what `pnpm build` made of it. */
import { writeSync } from "node:fs";
import { access } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startProgram } from "./support/program.ts";
import { makePackage, makeTrust } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const built = join(import.meta.dirname, "../../dist/cli/main.js");

/** CI builds before it tests; elsewhere a missing build is said, not passed over. */
async function isBuilt(): Promise<boolean> {
  try {
    await access(built);
    return true;
  } catch (error) {
    if (process.env.OUTRIDER_CI === "1") throw error;
    writeSync(2, "\n!!! sdk/dist is not built: a test of the built command was NOT RUN !!!\n\n");
    return false;
  }
}

test("the built command signs, verifies and refuses", async () => {
  if (!(await isBuilt())) return;
  await using workshop = await Workshop.open();
  const keys = await makeTrust(workshop);
  const folder = await makePackage(workshop);
  const place = { cwd: workshop.directory, program: process.execPath };
  const outcomeOf = async (...argv: readonly string[]): Promise<[number | null, string]> => {
    const program = startProgram([built, ...argv], place);
    const { exit } = await program.ended();
    return [exit, `${program.stdout}${program.stderr}`];
  };
  expect(await outcomeOf("--version")).toEqual([0, expect.stringMatching(/^\d+\.\d+\.\d+/)]);
  expect(await outcomeOf("verify", folder)).toEqual([
    1,
    expect.stringContaining("SIGNATURE_MISSING"),
  ]);
  expect(await outcomeOf("sign", folder, "--key", keys.ada.secretKey)).toEqual([
    0,
    expect.stringContaining("1 of 1 signed (ada), enough"),
  ]);
  expect(await outcomeOf("verify", folder)).toEqual([0, expect.stringContaining("is good.")]);
  expect(await outcomeOf("verify", "nowhere")).toEqual([
    2,
    expect.stringMatching(/^error FILE_MISSING: nowhere/),
  ]);
});
