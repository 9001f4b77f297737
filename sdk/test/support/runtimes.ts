/**
 * Other versions of Node, for tests of what runs on machines that we do not choose: npm packages that hold the program
 * alone, fetched once into `.tools/runtimes`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notRun } from "./tools.ts";

/** The oldest version that is supported (engines), and the newest. */
export const runtimeVersions = ["22.19.0", "26.10.0"] as const;

const cache = join(import.meta.dirname, "../../../.tools/runtimes");

/**
 * Finds a version of Node, or fetches it.
 *
 * @returns the program's path; `undefined` where npm could not fetch it: the test then returns, having said so.
 */
export function nodeRuntime(version: (typeof runtimeVersions)[number]): string | undefined {
  const name = `node-${process.platform}-${process.arch}`;
  const folder = join(cache, version);
  const program = join(folder, "node_modules", name, "bin", "node");
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), "{}"); // else npm looks for a project above
  const options = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  const [npm = "npm", ...before] = npmProgram();
  const { status, stderr, error } = spawnSync(
    npm,
    [...before, "install", "--prefix", folder, ...options, `${name}@${version}`],
    { encoding: "utf8", timeout: 120_000 },
  );
  if (status === 0 && existsSync(program)) return program;
  return notRun(
    `npm could not fetch ${name} ${version} (${error?.message ?? stderr.trim().split("\n").at(-1)}): a test on it was NOT RUN`,
  );
}

/** npm is a script; the one that started us knows where it is. */
function npmProgram(): string[] {
  const script = process.env.npm_execpath;
  return script?.endsWith("npm-cli.js") === true ? [process.execPath, script] : ["npm"];
}
