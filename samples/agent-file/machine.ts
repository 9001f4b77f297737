/** A machine that has Node, the agent's one file, its configuration and the first trust document: nothing else. */
import { spawn, type ChildProcessWithoutNullStreams } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { encodeEnvelope, type SealedDocument } from "@outrider/sdk/messages";
import type { AgentConfig, RegisteredAgent } from "@outrider/sdk/schema";
import { agentNode } from "../support/runtime.ts";

/** Which of the two files. */
export type AgentFile = "outrider-agent.mjs" | "outrider-agent-lite.mjs";

/** What differs from machine to machine. */
export type MachineConfig = Pick<
  AgentConfig,
  "id" | "groups" | "receivers" | "obtain" | "receipts"
>;

/** The agent on its machine. */
export interface AgentInstallation {
  readonly id: string;
  readonly installDirectory: string;
  /** What a server must know of it, without its addresses. */
  registration(): Promise<Omit<RegisteredAgent, "addresses">>;
  /** Starts it as a service; `stop` ends it by SIGTERM and gives its exit code. */
  start(): { stop(): Promise<number | null> };
  /** Hands it one message and gives what it says of it. */
  receive(message: Uint8Array): Promise<{ outcome?: string }>;
}

/** Puts the agent on a machine. */
export async function installAgent(
  home: string,
  file: AgentFile,
  trust: SealedDocument<"trust/1">,
  config: MachineConfig,
): Promise<AgentInstallation> {
  await mkdir(home, { recursive: true });
  const program = join(home, file);
  await copyFile(fileURLToPath(import.meta.resolve(`@outrider/sdk/${file}`)), program);
  await writeFile(join(home, "trust.json"), encodeEnvelope(trust));
  await writeFile(
    join(home, "agent.json"),
    JSON.stringify({
      ...config,
      dataDirectory: "data",
      installDirectory: "installed",
      trustFile: "trust.json",
    } satisfies AgentConfig),
  );
  const launch = (verb: string): ChildProcessWithoutNullStreams =>
    spawn(agentNode, [program, verb, join(home, "agent.json")]);
  const ask = async (verb: string, input: Uint8Array): Promise<unknown> => {
    const child = launch(verb);
    child.stdin.end(input);
    const [answer, complaint] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ]);
    if (child.exitCode !== 0) throw new Error(`${file} ${verb}: ${complaint}`);
    return JSON.parse(answer.trim().split("\n").at(-1) ?? "");
  };
  const { id, groups } = config;
  return {
    id,
    installDirectory: join(home, "installed"),
    async registration() {
      const { key } = (await ask("status", new Uint8Array())) as { key: { packet: string } };
      return { id, groups, key: key.packet };
    },
    start() {
      const child = launch("run");
      const ended = once(child, "exit").then(([code]) => code as number | null);
      child.stdout.resume();
      child.stderr.resume();
      return {
        stop() {
          child.kill("SIGTERM");
          return ended;
        },
      };
    },
    receive: (message) => ask("receive", message) as Promise<{ outcome?: string }>,
  };
}
