/** A machine with the product on it, as the vendor's installer leaves it; the product runs. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, symlink, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { inspectAgent } from "@outrider/sdk/agent";
import { encodeEnvelope, type SealedDocument } from "@outrider/sdk/messages";
import type { RegisteredAgent } from "@outrider/sdk/schema";
import { until } from "../support/rollout.ts";
import { agentNode } from "../support/runtime.ts";
import { layOut, sources } from "./product.ts";

/** What the installer is told. */
export interface Installation {
  readonly version: string;
  readonly trust: SealedDocument<"trust/1">;
  readonly settings: {
    readonly id: string;
    readonly groups: readonly string[];
    readonly maildir: string;
    readonly share: string;
    readonly pollMs: number;
  };
}

/** The product, running in `watch`. */
export interface InstalledProduct {
  /** Everything it wrote, over all restarts. */
  lines(): readonly string[];
  /** Waits for a line. */
  heard(line: string): Promise<void>;
  /** Asks for a file's type until the answer is the one that is waited for. */
  ask(name: string, type: string): Promise<void>;
  /** What a server must know of it, without its addresses. */
  registration(): Promise<Omit<RegisteredAgent, "addresses">>;
  /** Starts it once more, and gives what it wrote. */
  run(...argv: string[]): Promise<string>;
  /** Tells it to end, and gives its exit code. */
  stop(): Promise<number | null>;
}

/** Installs the product and starts it. */
export async function installProduct(
  home: string,
  { version, trust, settings }: Installation,
): Promise<InstalledProduct> {
  await layOut(join(home, "bundled"), version, "mime-db-old");
  await copyFile(join(sources, "launch.cjs"), join(home, "launch.cjs"));
  await writeFile(join(home, "trust.json"), encodeEnvelope(trust));
  await writeFile(join(home, "settings.json"), JSON.stringify(settings));
  await mkdir(join(home, "node_modules", "@outrider"), { recursive: true });
  const sdk = dirname(fileURLToPath(import.meta.resolve("@outrider/sdk/package.json")));
  await symlink(sdk, join(home, "node_modules", "@outrider", "sdk"), "junction");

  const launcher = join(home, "launch.cjs");
  const child = spawn(agentNode, [launcher, "watch"], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on("line", (line) => lines.push(line));
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const heard = async (line: string): Promise<void> => {
    await until(JSON.stringify(line), () => {
      if (child.exitCode !== null) throw new Error(`the product ended with ${child.exitCode}`);
      return lines.find((other) => other === line);
    });
  };
  const { id, groups } = settings;
  const execute = promisify(execFile);
  return {
    lines: () => lines,
    heard,
    async ask(name, type) {
      child.stdin.write(`${name}\n`);
      await heard(`${name}: ${type}`);
    },
    async registration() {
      const { key } = await until("the agent's key", () =>
        inspectAgent({
          id,
          groups,
          trust,
          dataDirectory: join(home, "data"),
          installDirectory: join(home, "installed"),
        }).catch(() => undefined),
      );
      return { id, groups: [...groups], key: key.packet };
    },
    async run(...argv) {
      const { stdout } = await execute(agentNode, [launcher, ...argv]);
      return stdout.trim();
    },
    stop() {
      child.kill("SIGTERM");
      return ended;
    },
  };
}
