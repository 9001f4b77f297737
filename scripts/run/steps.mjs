/** Installing and building, each skipped where its inputs are the same as last time. */

import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import process from "node:process";
import { runQuietly } from "./children.mjs";
import { step } from "./progress.mjs";
import { project } from "./project.mjs";

const packages = ["sdk", "schemas", "extension", "samples"];
const manifests = ["package.json", ...packages.map((folder) => `${folder}/package.json`)];

export async function installDependencies(tools) {
  const inputs = ["pnpm-lock.yaml", "pnpm-workspace.yaml", ...manifests];
  const outputs = [
    "node_modules",
    "sdk/node_modules",
    "extension/node_modules",
    "samples/node_modules",
  ];
  await unlessDone("install", { inputs, outputs, tools }, () =>
    step("Dependencies from the lock file", () =>
      runQuietly(tools.pnpm, ["install", "--frozen-lockfile"], { ...tools.env, CI: "true" }),
    ),
  );
}

export async function buildPackages(tools) {
  const inputs = [
    "pnpm-lock.yaml",
    "tsconfig.base.json",
    ...manifests,
    "scripts/build.ts",
    "scripts/agent-file.ts",
    "sdk/tsconfig.json",
    "sdk/tsconfig.build.json",
    "sdk/src",
    "schemas",
    "extension/build.ts",
    "extension/src",
  ];
  await unlessDone("build", { inputs, outputs: ["sdk/dist", "extension/dist"], tools }, () =>
    step("Build", () => runQuietly(tools.node, ["scripts/build.ts"], tools.env)),
  );
}

/** A stamp is a digest of all inputs, kept where `rm -r node_modules` takes it along. */
async function unlessDone(name, { inputs, outputs, tools }, work) {
  const stamp = join(project, "node_modules", ".outrider", name);
  const digest = digestOf(inputs, tools);
  const isDone = outputs.every((path) => existsSync(join(project, path)));
  if (isDone && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return;
  rmSync(stamp, { force: true });
  await work();
  mkdirSync(dirname(stamp), { recursive: true });
  writeFileSync(stamp, digest);
}

function digestOf(inputs, tools) {
  const hash = createHash("sha256").update(
    `${process.platform}-${process.arch} ${tools.nodeVersion}`,
  );
  for (const file of inputs.flatMap(filesOf)) {
    hash.update(`\n${file}\n`).update(readFileSync(join(project, file)));
  }
  return hash.digest("hex");
}

/** The file itself, or all files below the folder, in an order that is everywhere the same. */
function filesOf(path) {
  const whole = join(project, path);
  if (!statSync(whole).isDirectory()) return [path];
  return readdirSync(whole, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(project, join(entry.parentPath ?? entry.path, entry.name)))
    .toSorted();
}
