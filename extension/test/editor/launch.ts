/**
 * Starts VS Code on a fresh copy of a workspace, with an empty profile and what was installed from the VSIX files, and
 * opens it in a browser. Everything is on loopback and in one temporary folder; `close` ends and removes it all.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { chromium, type Browser, type Page } from "playwright-core";
import { freePorts } from "../../../sdk/test/servers/free-ports.ts";
import { noGallery } from "./extensions.ts";
import { installEditor } from "./install.ts";

/** How to start. */
export interface LaunchOptions {
  /** Folder that is copied: an absolute path, or one below test/workspaces. */
  readonly workspace: string;
  /** Settings of the person, beside those that keep the editor quiet. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Settings of the machine: those that no workspace can change. */
  readonly machineSettings?: Readonly<Record<string, unknown>>;
  /** Of the editor's processes, beside this one's. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Start in Restricted Mode. */
  readonly restricted?: boolean;
  /** Let pages be opened that run tests in the extension host. */
  readonly hostTests?: boolean;
  /** Display language. Default English. */
  readonly language?: "de";
}

/** A running VS Code. */
export interface RunningEditor {
  readonly page: Page;
  /** Of the server; ends in a slash. */
  readonly url: string;
  /** The copy of the workspace. */
  readonly workspace: string;
  /** What the browser's console said, errors only. */
  readonly consoleErrors: readonly string[];
  /** Runs a function, given as its text, in the extension host. */
  readonly evaluate: (run: string, values: readonly unknown[]) => Promise<unknown>;
  /** What the server printed. */
  readonly serverLog: () => Promise<string>;
  readonly close: () => Promise<void>;
}

const test = join(import.meta.dirname, "..");
const startMs = 45_000;

/** Starts it, with the extensions that `pnpm e2e` has packed and installed. */
export async function launch(options: LaunchOptions): Promise<RunningEditor> {
  const parts = installEditor();
  const root = await mkdtemp(join(tmpdir(), "outrider-e2e-"));
  const workspace = join(root, "workspace");
  await cp(resolve(test, "workspaces", options.workspace), workspace, { recursive: true });
  const profile = join(root, "profile");
  await mkdir(join(profile, "User"), { recursive: true });
  const quiet = JSON.parse(
    await readFile(join(import.meta.dirname, "settings.json"), "utf8"),
  ) as object;
  await writeFile(
    join(profile, "User/settings.json"),
    JSON.stringify({ ...quiet, ...options.settings }),
  );
  await mkdir(join(profile, "Machine"), { recursive: true });
  await writeFile(
    join(profile, "Machine/settings.json"),
    JSON.stringify(options.machineSettings ?? {}),
  );
  if (options.language !== undefined) await pretendLanguagePack(profile, options.language);
  const [port = 0, bridge = 0] = await freePorts(2);
  const environment = { ...environmentOf(bridge), ...options.environment };
  const base = [
    parts.server,
    "--config",
    join(root, "config.yaml"),
    "--user-data-dir",
    profile,
    "--extensions-dir",
    installedExtensions(),
  ];
  await writeFile(join(root, "config.yaml"), "");
  const log = join(root, "server.log");
  const server = startServer(
    [...base, ...serverOptions(port, options), workspace],
    environment,
    log,
  );
  await answering(`http://127.0.0.1:${port}/healthz`, server);
  const browser = await openBrowser(parts.browser);
  const page = await browser.newPage({
    locale: options.language ?? "en-US",
    permissions: ["clipboard-read", "clipboard-write"],
    viewport: { width: 1400, height: 900 },
  });
  page.setDefaultTimeout(startMs);
  const consoleErrors: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "error")
      consoleErrors.push(`${message.text()} (${message.location().url})`);
  });
  page.on("pageerror", (error) => consoleErrors.push(error.stack ?? error.message));
  await page.goto(`http://127.0.0.1:${port}/?folder=${encodeURIComponent(workspace)}`);
  await page.waitForSelector(".monaco-workbench");
  // A page that is closed while it still loads leaves errors behind.
  await page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
  return {
    page,
    url: `http://127.0.0.1:${port}/`,
    workspace,
    consoleErrors,
    evaluate: (run, values) => ask(bridge, run, values),
    serverLog: () => readFile(log, "utf8"),
    close: async () => {
      await browser.close();
      await end(server);
      await rm(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
    },
  };
}

/** Makes VS Code believe that a language pack is installed; its own words stay English. */
async function pretendLanguagePack(profile: string, language: string): Promise<void> {
  const translations = join(profile, "translations.json");
  await writeFile(translations, JSON.stringify({ contents: {} }));
  const pack = {
    hash: "outrider-e2e",
    label: language,
    extensions: [{ extensionIdentifier: { id: "outrider-test.german" }, version: "1.0.0" }],
    translations: { vscode: translations },
  };
  await writeFile(join(profile, "languagepacks.json"), JSON.stringify({ [language]: pack }));
}

function installedExtensions(): string {
  const folder = process.env.OUTRIDER_E2E_EXTENSIONS;
  if (folder === undefined)
    throw new Error("Run the end-to-end tests with `pnpm --dir extension e2e`.");
  return folder;
}

function environmentOf(bridge: number): NodeJS.ProcessEnv {
  const {
    NODE_OPTIONS: _options,
    VSCODE_IPC_HOOK_CLI: _hook,
    VITEST: _vitest,
    ...inherited
  } = process.env;
  return {
    ...inherited,
    ...noGallery,
    OUTRIDER_E2E_BRIDGE: String(bridge),
  };
}

function serverOptions(
  port: number,
  { hostTests = false, language, restricted = false }: LaunchOptions,
): string[] {
  return [
    "--auth=none",
    `--bind-addr=127.0.0.1:${port}`,
    "--disable-telemetry",
    "--disable-update-check",
    "--disable-getting-started-override",
    "--disable-proxy",
    "--ignore-last-opened",
    "--reconnection-grace-time=5",
    ...(hostTests ? ["--vscode-option", "enable-smoke-test-driver"] : []),
    ...(restricted ? [] : ["--disable-workspace-trust"]),
    ...(language === undefined ? [] : [`--locale=${language}`]),
  ];
}

function startServer(argv: readonly string[], env: NodeJS.ProcessEnv, log: string): ChildProcess {
  const output = openSync(log, "w");
  const server = spawn(process.execPath, argv, {
    env,
    stdio: ["ignore", output, output],
    detached: true,
  });
  closeSync(output);
  return server;
}

async function openBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-dev-shm-usage",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

async function answering(url: string, server: ChildProcess): Promise<void> {
  for (const start = Date.now(); Date.now() - start < startMs; await delay(100)) {
    if (server.exitCode !== null)
      throw new Error(`VS Code ended with exit code ${server.exitCode}`);
    try {
      await fetch(url);
      return;
    } catch {
      // not yet
    }
  }
  throw new Error(`VS Code did not answer within ${startMs} ms`);
}

/** The bridge answers once the extension host has started. */
async function ask(port: number, run: string, values: readonly unknown[]): Promise<unknown> {
  const request = { method: "POST", body: JSON.stringify({ run, values }) };
  for (const start = Date.now(); ; await delay(200)) {
    let answer: Response;
    try {
      answer = await fetch(`http://127.0.0.1:${port}/`, request);
    } catch (error) {
      if (Date.now() - start > startMs) throw error;
      continue;
    }
    const { error, value } = (await answer.json()) as { error?: string; value?: unknown };
    if (error !== undefined) throw new Error(error);
    return value;
  }
}

/** The server is the leader of its own process group: all of it goes. */
async function end(server: ChildProcess): Promise<void> {
  if (server.pid === undefined || server.exitCode !== null) return;
  const exit = once(server, "exit");
  process.kill(-server.pid, "SIGTERM");
  const killer = setTimeout(() => process.kill(-(server.pid ?? 0), "SIGKILL"), 5000);
  await exit;
  clearTimeout(killer);
}
