#!/usr/bin/env node
"use strict";
/**
 * What the installer puts on a machine, and no update touches: starts the product's current version, and starts it again
 * when that ends because it was replaced.
 */
const { spawn } = require("node:child_process");
const { existsSync } = require("node:fs");
const { join } = require("node:path");

/** The product ends with this when a newer version is in place. */
const restartWanted = 75;

function start() {
  const current = join(__dirname, "installed", "mimetype", "current", "main.cjs");
  const program = existsSync(current) ? current : join(__dirname, "bundled", "main.cjs");
  const child = spawn(process.execPath, [program, ...process.argv.slice(2)], {
    stdio: "inherit",
    env: { ...process.env, MIMETYPE_HOME: __dirname },
  });
  const end = () => child.kill("SIGTERM");
  process.once("SIGTERM", end);
  child.once("exit", (code) => {
    process.off("SIGTERM", end);
    if (code === restartWanted) start();
    else process.exitCode = code ?? 1;
  });
}

start();
