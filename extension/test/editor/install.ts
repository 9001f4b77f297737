/**
 * Gets a real VS Code: code-server, VS Code's own server build, from the npm registry.
 *
 * It is some 780 MB, so it is kept between runs: in `.tools/vscode` of the project, or where OUTRIDER_VSCODE_DIR says.
 * Nothing that it installs runs a script. Chromium is the machine's (Debian's package `chromium`).
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const codeServer = "4.139.1";

/** Where the parts are. */
export interface EditorParts {
  /** Module that starts the server. */
  readonly server: string;
  /** The browser. */
  readonly browser: string;
}

/** The parts, installed if they are not there yet. */
export function installEditor(): EditorParts {
  const project = join(import.meta.dirname, "../../..");
  const folder = process.env.OUTRIDER_VSCODE_DIR ?? join(project, ".tools/vscode");
  const server = join(folder, "node_modules/code-server");
  const mark = join(folder, `code-server-${codeServer}.installed`);
  if (!existsSync(mark)) {
    mkdirSync(folder, { recursive: true });
    if (!existsSync(join(folder, "package.json")))
      writeFileSync(join(folder, "package.json"), '{"private":true}\n');
    process.stdout.write(`Installing VS Code (code-server ${codeServer}) into ${folder} …\n`);
    install(folder, "--save-exact", `code-server@${codeServer}`);
    install(join(server, "lib/vscode"), "--omit=dev");
    writeFileSync(mark, "");
  }
  return { server: join(server, "out/node/entry.js"), browser: findBrowser() };
}

function install(folder: string, ...options: readonly string[]): void {
  const { status } = spawnSync(
    "npm",
    ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error", ...options],
    { cwd: folder, stdio: ["ignore", "ignore", "inherit"], shell: process.platform === "win32" },
  );
  if (status !== 0) throw new Error(`npm could not install ${options.join(" ")} in ${folder}`);
}

/** Can a real VS Code run here? Where it cannot, CI fails and everybody else is told (DESIGN: no silent skip). */
export function hasEditor(): boolean {
  if (process.platform === "linux" && browserHere() !== undefined) return true;
  const reason = "Linux with Chromium is needed: the flows in a real VS Code were NOT RUN";
  if (process.env.OUTRIDER_CI === "1") throw new Error(reason);
  process.stderr.write(`!!! ${reason} !!!\n`);
  return false;
}

/** The browser that this machine has. */
export function findBrowser(): string {
  const browser = browserHere();
  if (browser === undefined)
    throw new Error(
      "No Chromium here: install Debian's package chromium, or name one in CHROMIUM.",
    );
  return browser;
}

function browserHere(): string | undefined {
  const candidates = [
    process.env.CHROMIUM,
    "/usr/bin/chromium",
    "/usr/bin/chromium-browser",
    "/usr/bin/google-chrome",
  ];
  return candidates.find((path) => path !== undefined && existsSync(path));
}
