/**
 * The agent inside a product: two in one process that know nothing of each other, no global state, not a word on the
 * console; in CommonJS by `require` as in Electron's main process, and in an extension of VS Code, bundled.
 */
import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { AgentEvent } from "../../src/agent/index.ts";
import { Bench } from "../support/agent-bench.ts";
import { prepareProduct } from "../support/product.ts";
import { Publisher } from "../support/publisher.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-embedding-"));
});
afterEach(async () => rm(folder, { recursive: true, force: true }));

/** What a library could leave behind in its process. */
function surroundings(): unknown {
  return {
    globals: Reflect.ownKeys(globalThis).map(String),
    fetch: globalThis.fetch,
    environment: { ...process.env },
    listeners: process.eventNames().map((name) => [name, process.listenerCount(name)]),
    directory: process.cwd(),
    mask: process.umask(),
  };
}

test("two agents in one process: nothing shared, nothing left behind, nothing said", async () => {
  const before = surroundings();
  const said = [
    ...(["log", "info", "warn", "error", "debug", "trace"] as const).map((name) =>
      vi.spyOn(console, name),
    ),
    vi.spyOn(process.stdout, "write"),
    vi.spyOn(process.stderr, "write"),
  ];
  const publisher = await Publisher.start();
  const benches = [await Bench.make({ publisher }), await Bench.make({ publisher })] as const;
  try {
    const agents = await Promise.all(benches.map((bench) => bench.start()));
    const stop = new AbortController();
    const heard = agents.map(async (agent) => {
      const events: AgentEvent[] = [];
      for await (const event of agent.events()) events.push(event);
      return events;
    });
    const running = agents.map((agent) => agent.run({ signal: stop.signal }));
    const releases = [
      await publisher.release({ version: "1.0.0" }),
      await publisher.release({ name: "demo-data", version: "7.0.0" }),
    ];
    await Promise.all(
      benches.map(async (bench, at) => {
        const release = releases[at];
        if (release !== undefined) await bench.deliver(await publisher.push(release));
      }),
    );
    // A listener that throws is the product's fault, and harms neither agent.
    const off = agents[0]?.on(() => {
      throw new Error("the product's own fault");
    });
    const forged = new TextEncoder().encode('{"outrider":"notification/1","document":"{}"');
    await Promise.all(benches.map((bench) => bench.hand(forged)));
    off?.();
    stop.abort();
    await Promise.all(running);
    for (const agent of agents) await agent.close();
    const [first = [], second = []] = await Promise.all(heard);
    const finished = (events: AgentEvent[]): string[] =>
      events.flatMap((event) =>
        event.type === "finished" ? [`${event.name} ${event.version} ${event.outcome}`] : [],
      );
    expect(finished(first)).toEqual(["demo-app 1.0.0 installed"]);
    expect(finished(second)).toEqual(["demo-data 7.0.0 installed"]);
    expect(benches.map((bench) => finished(bench.events))).toEqual([
      finished(first),
      finished(second),
    ]);
    expect(said.flatMap(({ mock }) => mock.calls)).toEqual([]);
  } finally {
    for (const spy of said) spy.mockRestore();
    for (const bench of benches) await bench.clear();
  }
  expect(surroundings()).toEqual(before);
});

/** Runs a program of the product, which must be silent, and looks at what it installed. */
async function expectInstalled(program: string): Promise<void> {
  const run = await promisify(execFile)(process.execPath, [program], { cwd: folder });
  expect(run).toEqual({ stdout: "", stderr: "" });
  const installed = join(folder, "installed", "demo-app", "current", "app.txt");
  expect(await readFile(installed, "utf8")).toBe("demo-app 1.0.0\n");
}

const useAgent = `
  const agent = await createAgent({
    id: "till-7", groups: ["tills"], receivers: [], receiptSenders: [],
    dataDirectory: join(folder, "data"), installDirectory: join(folder, "installed"),
    trust: openEnvelope(recognize(readFileSync(join(folder, "trust.json")), "trust/1")),
    obtainers: [uncObtainer({ roots: [join(folder, "share")] })],
  });
  const bytes = readFileSync(join(folder, "message.json"));
  await agent.receiveOne({ bytes, origin: "file", settle: async () => undefined });
  await agent.close();`;

test("CommonJS, as in Electron's main process: require takes the built ES modules", async () => {
  await prepareProduct(folder);
  await mkdir(join(folder, "node_modules", "@outrider"), { recursive: true });
  const sdk = join(import.meta.dirname, "../..");
  await symlink(sdk, join(folder, "node_modules", "@outrider", "sdk"), "junction");
  const program = join(folder, "main.cjs");
  await writeFile(
    program,
    `"use strict";
const { readFileSync } = require("node:fs");
const { join } = require("node:path");
const { createAgent } = require("@outrider/sdk/agent");
const { openEnvelope, recognize } = require("@outrider/sdk/messages");
const { uncObtainer } = require("@outrider/sdk/obtain/unc");
const folder = __dirname;
void (async () => {${useAgent}
})();`,
  );
  await expectInstalled(program);
});

test("an extension of VS Code: one CommonJS bundle, in which only the editor is from outside", async () => {
  await prepareProduct(folder);
  const source = join(import.meta.dirname, "../../src");
  const { warnings } = await build({
    stdin: {
      resolveDir: source,
      contents: `
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as vscode from "vscode";
import { createAgent } from "./agent/index.ts";
import { openEnvelope, recognize } from "./messages/index.ts";
import { uncObtainer } from "./obtain/unc/index.ts";
export async function activate(context) {
  const folder = context.globalStorageUri.fsPath;${useAgent}
  await vscode.window.showInformationMessage("installed");
}`,
    },
    bundle: true,
    minify: true,
    platform: "node",
    format: "cjs",
    external: ["vscode"],
    outfile: join(folder, "extension.cjs"),
    logLevel: "silent",
  });
  expect(warnings).toEqual([]);
  // The extension host gives the editor to whoever requires it.
  const program = join(folder, "host.cjs");
  await writeFile(
    program,
    `"use strict";
const Module = require("node:module");
const shown = [];
const vscode = { window: { showInformationMessage: async (text) => void shown.push(text) } };
const load = Module._load;
Module._load = (name, ...rest) => (name === "vscode" ? vscode : load(name, ...rest));
const fetch = globalThis.fetch;
const { activate } = require("./extension.cjs");
activate({ globalStorageUri: { fsPath: __dirname } }).then(() => {
  if (shown.join() !== "installed" || globalThis.fetch !== fetch) process.exitCode = 1;
});`,
  );
  await expectInstalled(program);
});
