/**
 * THREATS C2: what this project is built from is written down by digest or exact version, and runs nothing while it is
 * installed.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const project = join(import.meta.dirname, "..");
const read = (...names: readonly string[]): string => readFileSync(join(project, ...names), "utf8");

test("C2 every package in the lock file is held to a SHA-512, and comes from a registry", () => {
  const lock = read("pnpm-lock.yaml");
  const resolutions = [...lock.matchAll(/^ {4}resolution: (.*)$/gm)].map(([, text]) => text);
  expect(resolutions.length).toBeGreaterThan(100);
  for (const resolution of resolutions)
    expect(resolution).toMatch(/^\{integrity: sha512-[A-Za-z0-9+/]{86}==\}$/);
});

test("C2 no package runs code while it is installed, and none is taken by a range", () => {
  const workspace = read("pnpm-workspace.yaml");
  expect(workspace).toMatch(/^strictDepBuilds: true$/m);
  expect(workspace).not.toMatch(/^ +\S+: true$/m);
  const folders = ["", "sdk", "schemas", "extension", "samples"];
  for (const folder of folders) {
    const { scripts, dependencies, devDependencies, optionalDependencies } = JSON.parse(
      read(folder, "package.json"),
    ) as Partial<Record<string, Readonly<Record<string, string>>>>;
    expect(Object.keys(scripts ?? {})).not.toContainEqual(
      expect.stringMatching(/^(pre|post)?(install|prepare)$/),
    );
    const wanted = { ...dependencies, ...devDependencies, ...optionalDependencies };
    for (const [name, version] of Object.entries(wanted))
      expect([folder, name, version]).toEqual([
        folder,
        name,
        expect.stringMatching(/^(workspace:\*|(npm:\S+@)?\d+\.\d+\.\d+\S*)$/),
      ]);
  }
});

test("C2 workflows run actions by their commit, may only read, and leave no token behind", () => {
  const folder = join(".github", "workflows");
  for (const name of readdirSync(join(project, folder))) {
    const text = read(folder, name);
    expect(text).toMatch(/^permissions:\n {2}contents: read\n\n/m);
    const used = [...text.matchAll(/uses: (.*)/g)].map(([, action]) => action ?? "");
    expect(used.length).toBeGreaterThan(0);
    for (const action of used)
      expect(action).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
    const checkouts = used.filter((action) => action.startsWith("actions/checkout@"));
    expect(text.match(/persist-credentials: false/g)).toHaveLength(checkouts.length);
    expect(text).not.toMatch(/pull_request_target|workflow_run|\$\{\{ *(github\.event|secrets)\./);
  }
});
