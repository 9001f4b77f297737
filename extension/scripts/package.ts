/**
 * `pnpm --dir extension package [FOLDER]`: builds the extension and packs it as FOLDER/outrider.vsix, `dist/` unless
 * given; `--with-test-extensions` packs those of the end-to-end tests beside it. Refuses more than a megabyte.
 */

import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import "../build.ts";
import { loadedAtOnce, unwantedFiles } from "./published.ts";

const maxBytes = 1_000_000;
const maxBytesAtOnce = 60_000;

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
const first = loadedAtOnce(join(extension, "dist/node/extension.js"));
const unwanted = unwantedFiles(vsce(extension, "ls", "--no-dependencies").trim().split("\n"));
process.stdout.write(
  `outrider.vsix: ${inBytes(size, maxBytes)}; loaded at once: ${inBytes(first.bytes, maxBytesAtOnce)}\n`,
);
if (unwanted.length > 0) throw new Error(`It must not carry ${unwanted.join(", ")}`);
if (first.outside.length > 0) throw new Error(`It loads at once ${first.outside.join(", ")}`);
if (size > maxBytes || first.bytes > maxBytesAtOnce) throw new Error("It is too large");

function inBytes(bytes: number, most: number): string {
  return `${bytes.toLocaleString("en")} of at most ${most.toLocaleString("en")} bytes`;
}

function pack(cwd: string, name: string, ...options: readonly string[]): void {
  mkdirSync(output, { recursive: true });
  const out = `--out=${join(output, name)}`;
  // Without a repository there is no address that the README's pictures could be rewritten to.
  const unhosted = ["--allow-missing-repository", "--no-rewrite-relative-links"];
  vsce(cwd, "package", "--no-dependencies", ...unhosted, out, ...options);
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
