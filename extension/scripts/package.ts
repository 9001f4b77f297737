/**
 * `pnpm --dir extension package [FOLDER]`: builds the extension and packs it as FOLDER/outrider.vsix, `dist/` unless
 * given; `--with-test-extensions` packs those of the end-to-end tests beside it. Refuses more than a megabyte.
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import "../build.ts";

const maxBytes = 1_000_000;
const extension = join(import.meta.dirname, "..");
const output = resolve(process.argv[2] ?? join(extension, "dist"));

copyFileSync(join(extension, "../LICENSE"), join(extension, "LICENSE"));
pack(extension, "outrider.vsix");

if (process.argv.includes("--with-test-extensions"))
  for (const name of ["bridge", "bare"])
    pack(
      join(extension, "test/editor", name),
      `${name}.vsix`,
      "--allow-star-activation",
      "--skip-license",
    );

const { size } = statSync(join(output, "outrider.vsix"));
process.stdout.write(
  `outrider.vsix: ${size.toLocaleString("en")} bytes of at most ${maxBytes.toLocaleString("en")}\n`,
);
if (size > maxBytes) process.exitCode = 1;

function pack(cwd: string, name: string, ...options: readonly string[]): void {
  mkdirSync(output, { recursive: true });
  const { status } = spawnSync(
    process.execPath,
    [
      join(extension, "node_modules/@vscode/vsce/vsce"),
      "package",
      "--no-dependencies",
      "--allow-missing-repository",
      `--out=${join(output, name)}`,
      ...options,
    ],
    { cwd, stdio: ["ignore", "ignore", "inherit"] },
  );
  if (status !== 0) throw new Error(`vsce could not pack ${name}`);
}
