/** The command line as a program of its own: what it says, how it ends, and what it leaves behind. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { started } from "../../support/started.ts";

/** Where the source of the command line is. */
const mainSource: string = join(import.meta.dirname, "../../../src/cli/main.ts");

/** A started program. */
export interface Program {
  readonly pid: number;
  /** What it has said so far. */
  readonly stdout: string;
  readonly stderr: string;
  /** Resolves when its output holds this; fails when it ends before, or says it not in time. */
  says(text: string | RegExp): Promise<string>;
  /** Writes to its standard input and closes it. */
  feed(bytes: string | Uint8Array): void;
  /** Writes to its standard input and leaves it open. */
  type(keys: string): void;
  signal(name: NodeJS.Signals): void;
  /** How it ended, once its streams are closed. */
  ended(): Promise<{ readonly exit: number | null; readonly signal: NodeJS.Signals | null }>;
  /** Ends it, if it still runs. */
  end(): Promise<void>;
}

const patienceMs = 120_000;

/** Where, and with what in its environment. */
export interface ProgramPlace {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Another program than the command line's source. */
  readonly program?: string;
}

/** Starts it. */
export function startProgram(argv: readonly string[], place: ProgramPlace): Program {
  const main = place.program === undefined ? [mainSource] : [];
  const child = started(
    spawn(place.program ?? process.execPath, [...main, ...argv], {
      cwd: place.cwd,
      stdio: ["pipe", "pipe", "pipe"],
      env: { ...process.env, ...place.environment },
    }),
  );
  child.stdin.on("error", () => undefined); // it may end without reading
  const said = { stdout: "", stderr: "" };
  const watchers = new Set<() => void>();
  const tell = (): void => {
    for (const watcher of watchers) watcher();
  };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      said[name] += text;
      tell();
    });
  const closed = once(child, "close") as Promise<[number | null, NodeJS.Signals | null]>;
  let isOver = false;
  child.once("close", () => {
    isOver = true;
    tell();
  });
  return {
    pid: child.pid ?? 0,
    get stdout() {
      return said.stdout;
    },
    get stderr() {
      return said.stderr;
    },
    says(text) {
      return new Promise((resolve, reject) => {
        const finish = (end: () => void): void => {
          watchers.delete(look);
          clearTimeout(deadline);
          end();
        };
        const fail = (why: string): void =>
          finish(() => reject(new Error(`${why}: ${String(text)}\n${said.stdout}${said.stderr}`)));
        const look = (): void => {
          const all = `${said.stdout}${said.stderr}`;
          const found = typeof text === "string" ? all.includes(text) : text.exec(all);
          if (found !== null && found !== false)
            finish(() => resolve(found === true ? String(text) : found[0]));
          else if (isOver) fail("ended without saying");
        };
        const deadline = setTimeout(() => fail("does not say"), patienceMs);
        watchers.add(look);
        look();
      });
    },
    type: (keys) => void child.stdin.write(keys),
    feed: (bytes) => void child.stdin.end(bytes),
    signal: (name) => void child.kill(name),
    async ended() {
      const [exit, signal] = await closed;
      return { exit, signal };
    },
    async end() {
      if (!isOver) child.kill("SIGKILL");
      await closed;
    },
  };
}
