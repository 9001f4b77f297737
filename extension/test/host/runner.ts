/** Called by the extension host: runs every spec beside it, and rejects where one fails. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import Mocha from "mocha";
import { say } from "./say.ts";

/** What VS Code calls. */
export async function run(): Promise<void> {
  const mocha = new Mocha({ ui: "bdd", timeout: 20_000, reporter: Lines });
  for (const name of readdirSync(__dirname))
    if (name.endsWith(".spec.cjs")) mocha.addFile(join(__dirname, name));
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) throw new Error(`${failures} failed`);
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
