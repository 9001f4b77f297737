import {
  chmod,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Bench } from "../../../../test/support/agent-bench.ts";
import { nodeFileSystem, type FileSystem } from "../../../ports/index.ts";
import type { Install } from "../../../schema/index.ts";
import type { Reception } from "../../index.ts";
import { filesStrategy } from "./files.ts";

let bench: Bench;
afterEach(async () => bench.clear());

async function push(
  version: string,
  install: Install,
  files?: Record<string, string>,
): Promise<Reception> {
  const release = await bench.publisher.release({
    version,
    install,
    ...(files === undefined ? {} : { files }),
  });
  return bench.deliver(await bench.publisher.push(release));
}

const inPlace: Install = { strategy: "files" };
const sick = { healthCheck: { argv: ["node", "-e", "process.exit(1)"], attempts: 1 } };

test("files: replaces, adds and removes in place, and never touches what is not ours", async () => {
  bench = await Bench.make();
  const first = { "app.txt": "one", "lib/old.txt": "old", "lib/both.txt": "one", "log.txt": "" };
  await push("1.0.0", inPlace, first);
  const current = join(bench.install, "demo-app", "current");
  await rm(join(current, "log.txt"));
  await mkdir(join(current, "log.txt")); // a person's now
  await writeFile(join(current, "log.txt", "mine.txt"), "mine");
  await mkdir(join(current, "settings"));
  await writeFile(join(current, "settings", "user.txt"), "mine");
  await writeFile(join(current, "lib", "mine.txt"), "mine");
  expect(
    await push("2.0.0", inPlace, { "app.txt": "two", "lib/both.txt": "two", "new/a.txt": "new" }),
  ).toMatchObject({
    detail: "demo-app 2.0.0 is installed.",
  });
  expect(await bench.installedText("app.txt")).toBe("two");
  expect(await bench.installedText("new/a.txt")).toBe("new");
  expect(await bench.installedText("lib/old.txt")).toBeUndefined();
  expect(await bench.installedText("lib/mine.txt")).toBe("mine");
  expect(await bench.installedText("settings/user.txt")).toBe("mine");
  expect(await bench.installedText("log.txt/mine.txt")).toBe("mine");
  expect((await bench.fileSystem.list(join(bench.install, "demo-app"))).toSorted()).toEqual([
    "backup",
    "current",
    "files.json",
    "installed.json",
    "manifests",
    "staging",
  ]);
  expect(await bench.fileSystem.list(join(bench.install, "demo-app", "backup"))).toEqual([]);
});

test("files: what was removed, replaced and added comes back, comes back and goes when the new version is sick", async () => {
  bench = await Bench.make();
  const old = { "app.txt": "one", "lib/old.txt": "old", "run.sh": "#!/bin/sh\n" };
  await push("1.0.0", inPlace, old);
  const program = join(bench.install, "demo-app", "current", "run.sh");
  await chmod(program, 0o755);
  const reception = await push(
    "2.0.0",
    { ...inPlace, ...sick },
    { "app.txt": "two", "new/a.txt": "new" },
  );
  expect(reception).toMatchObject({ code: "HEALTH_FAILED" });
  for (const [path, content] of Object.entries(old))
    expect(await bench.installedText(path)).toBe(content);
  if (process.platform !== "win32") expect((await stat(program)).mode & 0o777).toBe(0o755);
  expect(await bench.fileSystem.list(join(bench.install, "demo-app", "current"))).toEqual([
    "app.txt",
    "lib",
    "run.sh",
  ]);
  expect(await push("2.0.1", inPlace, { "app.txt": "three" })).toMatchObject({
    detail: "demo-app 2.0.1 is installed.",
  });
  expect(await bench.fileSystem.list(join(bench.install, "demo-app", "current"))).toEqual([
    "app.txt",
  ]);
});

test("files: a list that cannot be read for the moment is not taken for one that is gone", async () => {
  bench = await Bench.make();
  const root = await mkdtemp(join(tmpdir(), "outrider-files-"));
  try {
    const placement = {
      name: "demo-app",
      version: "1.0.0",
      digest: "0".repeat(64),
      install: inPlace,
      packageDirectory: root,
      stagingDirectory: join(root, "staging"),
    };
    await mkdir(placement.stagingDirectory);
    await writeFile(join(placement.stagingDirectory, "app.txt"), "one");
    let isSick = true;
    const passing: FileSystem = {
      ...nodeFileSystem,
      open: async (path, mode) => {
        if (isSick && mode === "read" && path.endsWith("transaction.json"))
          throw Object.assign(new Error("EIO"), { code: "EIO" });
        return nodeFileSystem.open(path, mode);
      },
    };
    const files = filesStrategy(passing);
    const { signal } = new AbortController();
    const undo = await files.stage(placement, { signal });
    isSick = false;
    await files.activate(placement, { signal, undo });
    isSick = true;
    await expect(files.finish(placement, undo)).rejects.toMatchObject({ code: "EIO" });
    isSick = false;
    await files.finish(placement, undo);
    await files.finish(placement, undo); // as after a kill at its end
    expect(JSON.parse(await readFile(join(root, "files.json"), "utf8"))).toEqual({
      files: ["app.txt"],
    });
  } finally {
    await rm(root, { recursive: true });
  }
});

test("files: somebody's own file of the same name is kept aside and comes back on the way back", async () => {
  bench = await Bench.make();
  const current = join(bench.install, "demo-app", "current");
  await mkdir(current, { recursive: true });
  await writeFile(join(current, "app.txt"), "somebody's own");
  expect(await push("1.0.0", { ...inPlace, ...sick }, { "app.txt": "ours" })).toMatchObject({
    code: "HEALTH_FAILED",
  });
  expect(await readFile(join(current, "app.txt"), "utf8")).toBe("somebody's own");
});

test("files: where a link or a folder lies in the way of a file, nothing is changed, and it stays", async () => {
  bench = await Bench.make();
  await push("1.0.0", inPlace, { "app.txt": "one" });
  const current = join(bench.install, "demo-app", "current");
  await mkdir(join(current, "folder.txt"));
  await symlink(join(bench.root, "elsewhere"), join(current, "link.txt"));
  for (const [version, name] of [
    ["2.0.0", "folder.txt"],
    ["3.0.0", "link.txt"],
  ] as const)
    expect(await push(version, inPlace, { "app.txt": "two", [name]: "ours" })).toMatchObject({
      code: "DEPLOY_FAILED",
    });
  expect(await bench.installedText("app.txt")).toBe("one");
  expect((await readdir(current)).toSorted()).toEqual(["app.txt", "folder.txt", "link.txt"]);
  expect(await readdir(bench.root)).not.toContain("elsewhere");
});

test.each<[Install, Install]>([
  [{ strategy: "directory" }, inPlace],
  [inPlace, { strategy: "directory" }],
])("a package does not change from %j to %j by accident", async (first, second) => {
  bench = await Bench.make();
  await push("1.0.0", first);
  expect(await push("2.0.0", second)).toMatchObject({ code: "DEPLOY_FAILED" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

test("directory: an order for what runs already, after the memory was lost, leaves it running", async () => {
  bench = await Bench.make();
  const release = await bench.publisher.release({ version: "1.0.0" });
  await bench.deliver(await bench.publisher.push(release));
  await bench.agent?.close();
  await bench.fileSystem.remove(bench.data);
  await bench.fileSystem.remove(join(bench.install, "demo-app", "installed.json"));
  await bench.start();
  expect(await bench.deliver(await bench.publisher.push(release))).toMatchObject({
    detail: "demo-app 1.0.0 is installed.",
  });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});

const installer = (exitCode: number): Install => ({
  strategy: "command",
  command: { argv: ["node", "install.cjs", String(exitCode)] },
});
const installs = {
  "install.cjs": `
const { appendFileSync } = require("node:fs");
appendFileSync(require("node:path").join(process.cwd(), "../../ran"), process.env.OUTRIDER_VERSION + "\\n");
process.exit(Number(process.argv[2]));
`,
};

async function ran(): Promise<string> {
  return readFile(join(bench.install, "demo-app", "ran"), "utf8");
}

test("command: the installer runs where the verified files are, and nothing of them stays", async () => {
  bench = await Bench.make();
  expect(await push("1.0.0", installer(0), installs)).toMatchObject({
    detail: "demo-app 1.0.0 is installed.",
  });
  expect(await ran()).toBe("1.0.0\n");
  expect(await bench.fileSystem.list(join(bench.install, "demo-app", "staging"))).toEqual([]);
  expect((await bench.receipts())[0]).toMatchObject({ outcome: "installed" });
});

test("command: exit codes mean what the manifest says", async () => {
  bench = await Bench.make();
  const exitCodes = { "3010": "restart", "5": "later", "7": "done" } as const;
  expect(await push("1.0.0", { ...installer(7), exitCodes }, installs)).toMatchObject({
    verdict: "handled",
    detail: "demo-app 1.0.0 is installed.",
  });
  expect(await push("1.1.0", { ...installer(1), exitCodes }, installs)).toMatchObject({
    code: "DEPLOY_FAILED",
  });
  expect((await bench.receipts())[1]).toMatchObject({ outcome: "failed", code: "DEPLOY_FAILED" });
  expect(await push("1.2.0", { ...installer(5), exitCodes }, installs)).toMatchObject({
    code: "DEFERRED",
  });
  expect(await push("1.3.0", installer(21), installs)).toMatchObject({ code: "DEFERRED" });
  expect((await bench.agent?.status())?.installed["demo-app"]?.version).toBe("1.0.0");
});

test("command: a restart that is needed is said", async () => {
  bench = await Bench.make();
  // Exit codes past 255 do not exist here; the manifest names one that does.
  const install: Install = { ...installer(30), exitCodes: { "30": "restart" } };
  expect(await push("1.0.0", install, installs)).toMatchObject({
    detail: "demo-app 1.0.0 is installed.",
  });
  expect(bench.events).toContainEqual({
    type: "restartNeeded",
    name: "demo-app",
    version: "1.0.0",
  });
  expect((await bench.receipts())[0]?.trace).toContain("a restart is needed");
});

test("vendor: without a deployer of the product the package is refused before anything is put anywhere", async () => {
  bench = await Bench.make();
  expect(await push("1.0.0", { strategy: "vendor" })).toMatchObject({ code: "DEPLOY_FAILED" });
  expect(await bench.fileSystem.list(bench.install)).toEqual([]);
});
