#!/usr/bin/env node
"use strict";
/**
 * `mimetype NAME…` says the media type of files by their names; `mimetype --version` its own version.
 * `mimetype watch` stays, answers names on standard input, and keeps itself up to date.
 */
const { join } = require("node:path");
const { createInterface } = require("node:readline");
const database = require("./db.json");
const { version } = require("./version.json");
const { followUpdates } = require("./updater.cjs");

/** Tells the launcher to start whatever is current now. */
const restartWanted = 75;

const types = new Map();
for (const [type, { extensions = [] }] of Object.entries(database))
  for (const extension of extensions) if (!types.has(extension)) types.set(extension, type);

function typeOf(name) {
  return types.get(name.split(".").at(-1).toLowerCase()) ?? "application/octet-stream";
}

async function watch() {
  const stop = new AbortController();
  process.once("SIGTERM", () => stop.abort());
  const names = createInterface({ input: process.stdin });
  names.on("line", (name) => console.log(`${name}: ${typeOf(name)}`));
  console.log(`mimetype ${version} runs.`);
  const home = process.env.MIMETYPE_HOME ?? join(__dirname, "..");
  const updated = await followUpdates({ home, version, signal: stop.signal });
  names.close();
  process.stdin.destroy();
  process.exitCode = updated ? restartWanted : 0;
}

const [first, ...others] = process.argv.slice(2);
if (first === "watch") void watch();
else if (first === "--version") console.log(version);
else for (const name of [first, ...others].filter(Boolean)) console.log(`${name}: ${typeOf(name)}`);
