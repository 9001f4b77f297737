/** Called by the extension host: runs every spec beside it, and rejects where one fails. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import Mocha from "mocha";
import * as vscode from "vscode";
import { say } from "./say.ts";

/** What VS Code calls. */
export async function run(): Promise<void> {
  await foldersKnown();
  say("begun");
  const mocha = new Mocha({ ui: "bdd", timeout: 60_000, reporter: Lines });
  for (const name of readdirSync(__dirname))
    if (name.endsWith(".spec.cjs")) mocha.addFile(join(__dirname, name));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
}

/**
 * The folders of a workspace file come later than the host: until then there are none, or an empty list of them. They may
 * come without an event.
 */
async function foldersKnown(): Promise<void> {
  while ((vscode.workspace.workspaceFolders ?? []).length === 0) await pause(100);
}

/** A line for each test. */
class Lines extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.on("pass", (test) => say(`passed: ${test.fullTitle()}`));
    runner.on("fail", (test, error: Error) =>
      say(`failed: ${test.fullTitle()}: ${error.stack ?? error.message}`),
    );
  }
}
