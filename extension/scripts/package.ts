/**
 * `pnpm --dir extension package [FOLDER]`: builds the extension and packs it as FOLDER/outrider.vsix, `dist/` unless
 * given; `--with-test-extensions` packs those of the end-to-end tests beside it. Refuses more than a megabyte.
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import "../build.ts";
import { outsideModules, unwantedFiles } from "./published.ts";

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

const wrong = [
  ...unwantedFiles(vsce(extension, "ls", "--no-dependencies").trim().split("\n")),
  ...outsideModules(join(extension, "dist/node/extension.js")),
];
if (wrong.length > 0)
  throw new Error(`The VSIX must not carry, or load at once: ${wrong.join(", ")}`);
const { size } = statSync(join(output, "outrider.vsix"));
process.stdout.write(
  `outrider.vsix: ${size.toLocaleString("en")} bytes of at most ${maxBytes.toLocaleString("en")}\n`,
);
if (size > maxBytes) process.exitCode = 1;

function pack(cwd: string, name: string, ...options: readonly string[]): void {
  mkdirSync(output, { recursive: true });
  const out = `--out=${join(output, name)}`;
  vsce(cwd, "package", "--no-dependencies", "--allow-missing-repository", out, ...options);
}

function vsce(cwd: string, verb: string, ...options: readonly string[]): string {
  const program = fileURLToPath(import.meta.resolve("@vscode/vsce/vsce"));
  const { status, stderr, stdout } = spawnSync(process.execPath, [program, verb, ...options], {
    cwd,
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`vsce ${verb} failed in ${cwd}: ${stderr}`);
  return stdout;
}
