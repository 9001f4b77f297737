/**
 * `npm run demo` and `npm test` (`pnpm check`), on a machine that has only git, npm and Node 20.
 *
 * Brings the right Node and pnpm into ./.tools where the present ones are too old, installs from
 * the frozen lock file, builds, and runs the command with that Node first on PATH. Whatever is
 * done already is skipped. Plain JavaScript, since Node 20 runs no TypeScript.
 */

import process from "node:process";
import { Failure, runInForeground } from "./run/children.mjs";
import { buildPackages, installDependencies } from "./run/steps.mjs";
import { findTools } from "./run/tools.mjs";

/** Name → what Node runs, and whether the packages are built before. */
const commands = {
  demo: { argv: ["samples/demo/main.ts"], build: true },
  check: { argv: ["scripts/check.ts"], build: false },
};

const [name, ...options] = process.argv.slice(2);
const command = commands[name];
try {
  if (command === undefined) {
    throw new Failure(2, `Give one of: ${Object.keys(commands).join(", ")}.`);
  }
  const tools = await findTools();
  await installDependencies(tools);
  if (command.build) await buildPackages(tools);
  process.exitCode = await runInForeground(tools, [...command.argv, ...options]);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(error.message);
  process.exitCode = error.exitCode;
}
