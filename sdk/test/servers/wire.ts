/**
 * Two hosts on one wire: two processes, each in a network namespace of its own, and a cable between them that a test
 * plugs in and pulls out. The namespaces belong to the processes and go with them: nothing stays behind, also when the
 * test run is killed. Takes root, iproute2 and util-linux.
 */
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { isRoot, outsideTool } from "../support/tools.ts";

const run = promisify(execFile);

/** A program in its own network namespace; it ends when its standard input does. */
export interface WiredHost {
  /** Lines that it wrote, as JSON. */
  readonly lines: readonly unknown[];
  /** Waits for a line that fits. @throws after its patience */
  until<T>(fits: (line: T) => boolean, patienceMs?: number): Promise<T>;
  /** Writes a line to it. */
  tell(line: string): void;
}

/** Addresses with prefix lengths, per end. */
export type Addressing = readonly [readonly string[], readonly string[]];

/** The wire with its two hosts. */
export interface Wire {
  readonly hosts: readonly [WiredHost, WiredHost];
  /** A new cable: new interfaces, whatever was there before. */
  plug(addressing: Addressing): Promise<void>;
  /** Pulls it out; the interfaces are gone, as those of a dock or a dongle are. */
  unplug(): Promise<void>;
  /** Ends the program at this end, as its input's end does; the wire stays. */
  end(host: 0 | 1): Promise<void>;
  /** The same interfaces lose or get their carrier. */
  carrier(state: "up" | "down"): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** May it be had here? Says so where not. */
export function canWire(): boolean {
  const tools = ["ip", "unshare", "nsenter"].map((name) => outsideTool(name));
  return tools.every((tool) => tool !== undefined) && isRoot();
}

/** Starts both programs, unplugged. @param programs modules with their arguments */
export async function wireUp(
  programs: readonly [readonly string[], readonly string[]],
): Promise<Wire> {
  const [a, b] = programs.map((program) => startHost(program));
  if (a === undefined || b === undefined) throw new Error("A wire has two ends.");
  const inside = (host: Started, ...command: string[]): Promise<unknown> =>
    run("nsenter", ["-t", String(host.process.pid), "-n", "ip", ...command]);
  const unplug = async (): Promise<void> => {
    await inside(a, "link", "del", "wire0").catch(() => undefined); // it may not be plugged in
  };
  try {
    await Promise.all([a, b].map((host) => host.until((line) => line === "ready")));
  } catch (error) {
    await Promise.all([a.stop(), b.stop()]);
    throw error;
  }
  return {
    hosts: [a, b],
    unplug,
    async plug(addressing) {
      await unplug();
      // The agent's end is a new interface each time, so its name stays and its index does not.
      const peer = ["peer", "name", "wire0", "netns", String(b.process.pid)];
      await inside(a, "link", "add", "wire0", "type", "veth", ...peer);
      for (const [at, host] of [a, b].entries()) {
        for (const address of addressing[at] ?? []) {
          const flags = address.includes(":") ? ["nodad"] : [];
          await inside(host, "addr", "add", address, "dev", "wire0", ...flags);
        }
        await inside(host, "link", "set", "wire0", "up");
      }
    },
    end: (host) => [a, b][host]?.stop() ?? Promise.resolve(),
    async carrier(state) {
      await inside(a, "link", "set", "wire0", state);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([a.stop(), b.stop()]);
    },
  };
}

interface Started extends WiredHost {
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

function startHost(program: readonly string[]): Started {
  const child = spawn("unshare", ["--net", process.execPath, ...program], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines: unknown[] = [];
  let wake = (): void => undefined;
  createInterface({ input: child.stdout }).on("line", (line) => {
    lines.push(JSON.parse(line));
    wake();
  });
  const ended = once(child, "exit");
  return {
    process: child,
    lines,
    async until<T>(fits: (line: T) => boolean, patienceMs = 150_000) {
      const patience = AbortSignal.timeout(patienceMs);
      for (;;) {
        const found = lines.find((line) => fits(line as T));
        if (found !== undefined) return found as T;
        if (patience.aborted)
          throw new Error(`nothing fits in ${patienceMs} ms: ${JSON.stringify(lines)}`);
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        patience.addEventListener("abort", () => resolve(), { once: true });
        await promise;
      }
    },
    tell: (line) => void child.stdin.write(`${line}\n`),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
