/**
 * Runs mocha in the extension host of a real VS Code, the way VS Code's own integration tests run in a browser: a page
 * is opened whose payload names a module, and the workbench tells the page how it ended.
 */
import { existsSync } from "node:fs";
import { mkdir, readFile, rm, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import type { RunningEditor } from "../editor/launch.ts";

/** What came of it. */
export interface HostRun {
  /** Of mocha. */
  readonly failures: number;
  /** What the specs said. */
  readonly output: string;
}

const extension = join(import.meta.dirname, "../..");
const patienceMs = 80_000;
const foldersMs = 30_000;

/** Bundles specs of `specs/` into a folder, with a runner. @returns the runner */
export async function bundleSpecs(folder: string, names: readonly string[]): Promise<string> {
  const runner = join(folder, "runner.cjs");
  await mkdir(folder, { recursive: true });
  await symlink(join(extension, "node_modules"), join(folder, "node_modules"), "junction");
  await build({
    entryPoints: {
      runner: join(import.meta.dirname, "runner.ts"),
      ...Object.fromEntries(
        names.map((name) => [`${name}.spec`, join(import.meta.dirname, `specs/${name}.ts`)]),
      ),
    },
    outdir: folder,
    outExtension: { ".js": ".cjs" },
    bundle: true,
    platform: "node",
    format: "cjs",
    external: ["vscode", "mocha"],
    logLevel: "warning",
  });
  return runner;
}

/** Runs a bundled runner in a window of its own. @param place query that says what is open there */
export async function runInHost(
  editor: RunningEditor,
  runner: string,
  place: string,
): Promise<HostRun> {
  const said = join(dirname(runner), "said.txt");
  await rm(said, { force: true });
  for (let windows = 0; windows < 3; windows++) {
    const failures = await runInWindow(editor, { runner, place, said });
    if (failures !== undefined) return { failures, output: await readFile(said, "utf8") };
  }
  throw new Error(`No window has come to know its folders: ${place}`);
}

/** @returns `undefined` where the window never knew its folders, as it sometimes does; a person loads it again */
async function runInWindow(
  { page, url }: RunningEditor,
  {
    runner,
    place,
    said,
  }: { readonly runner: string; readonly place: string; readonly said: string },
): Promise<number | undefined> {
  const { host } = new URL(url);
  const payload = [
    // Without one under development the host runs no tests; ours is the packed one.
    ["extensionDevelopmentPath", `vscode-remote://${host}${join(extension, "test/editor/bare")}`],
    ["extensionTestsPath", `vscode-remote://${host}${runner}`],
    ["skipWelcome", "true"],
  ];
  const browser = page.context().browser();
  if (browser === null) throw new Error("the browser has ended");
  const window = await browser.newPage();
  const { promise: ended, resolve: end } = Promise.withResolvers<number | undefined>();
  const timers = [
    setTimeout(() => existsSync(said) || end(undefined), foldersMs),
    setTimeout(() => end(-1), patienceMs),
  ];
  try {
    await window.exposeFunction("codeAutomationLog", () => undefined);
    await window.exposeFunction("codeAutomationExit", (code: number) => end(code));
    await window.goto(`${url}?${place}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
    return await ended;
  } finally {
    for (const timer of timers) clearTimeout(timer);
    await window.close();
  }
}

/** What was measured: lines `measured NAME VALUE`. */
export function measuredIn({ output }: HostRun, name: string): number {
  const [, value] = new RegExp(String.raw`measured ${name} ([\d.]+)`).exec(output) ?? [];
  if (value === undefined) throw new Error(`${name} was not measured: ${output}`);
  return Number(value);
}
