#!/usr/bin/env node
/** The `outrider` command. */
import { stdin, stdout, stderr } from "node:process";
import { tooOld } from "./node-version.ts";
import { keepToPath } from "./program-path.ts";

const fault = tooOld(process.versions.node, process.execPath);
if (fault !== undefined) {
  stderr.write(fault);
  process.exit(1);
}

keepToPath(process.env);
const interrupt = new AbortController();
// The second Ctrl-C ends at once; the first lets the work finish what must not be torn.
for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupt.abort());
// A reader such as `head` that goes away is no fault of ours.
stdout.on("error", (error: NodeJS.ErrnoException) => process.exit(error.code === "EPIPE" ? 0 : 1));

const { run } = await import("./run.ts");
process.exitCode = await run(process.argv.slice(2), {
  stdin,
  stdout,
  stderr,
  workingDirectory: process.cwd(),
  environment: process.env,
  signal: interrupt.signal,
});
