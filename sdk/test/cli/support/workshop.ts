/**
 * A folder of its own with the command line in it: commands run in this process (fast), or as programs of their own
 * where the process itself is under test: signals, exit codes, ports.
 */
import { createHash } from "node:crypto";
import { lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Readable, Writable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { run } from "../../../src/cli/run.ts";
import { startProgram, type Program } from "./program.ts";

/** How a command ended. */
export interface Outcome {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a command may be given beside its arguments. */
export interface Surroundings {
  readonly stdin?: string | Uint8Array;
  readonly environment?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** A person sits there: what is in `stdin` is typed. */
  readonly attended?: boolean;
}

/** A command that runs until it is stopped. */
export interface Running {
  /** Resolves when its output holds this. */
  says(text: RegExp): Promise<string>;
  /** Waits until it has ended by itself. */
  ended(): Promise<Outcome>;
  /** As Ctrl-C does. */
  stop(): Promise<Outcome>;
}

const patienceMs = 120_000;

/** A folder, and the command line in it. */
export class Workshop {
  readonly directory: string;
  readonly #programs: Program[] = [];
  readonly #running: Running[] = [];

  private constructor(directory: string) {
    this.directory = directory;
  }

  static async open(): Promise<Workshop> {
    return new Workshop(await mkdtemp(join(tmpdir(), "outrider-cli-")));
  }

  /** Absolute path of something in the folder. */
  path(...names: readonly string[]): string {
    return join(this.directory, ...names);
  }

  /** Writes a file, as text or as JSON; returns the name given. */
  async write(name: string, content: string | Uint8Array | object): Promise<string> {
    await mkdir(dirname(this.path(name)), { recursive: true });
    const isJson = typeof content !== "string" && !(content instanceof Uint8Array);
    await writeFile(this.path(name), isJson ? JSON.stringify(content) : content);
    return name;
  }

  async read(name: string): Promise<string> {
    return readFile(this.path(name), "utf8");
  }

  /** Replaces text in a file; fails where it is not there. */
  async edit(name: string, from: string, to: string): Promise<void> {
    const text = await this.read(name);
    if (!text.includes(from)) throw new Error(`${name} does not hold ${from}`);
    await writeFile(this.path(name), text.replace(from, to));
  }

  /** Runs a command line in this process. */
  async run(argv: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
    const [stdout, stderr] = [new Collector(), new Collector()];
    const stdin = Readable.from(surroundings.stdin === undefined ? [] : [surroundings.stdin]);
    if (surroundings.attended === true)
      for (const stream of [stdin, stderr]) Object.assign(stream, { isTTY: true });
    const exit = await run(argv, {
      stdin,
      stdout,
      stderr,
      workingDirectory: this.directory,
      environment: surroundings.environment ?? {},
      signal: surroundings.signal ?? new AbortController().signal,
    });
    return { exit, stdout: stdout.text, stderr: stderr.text };
  }

  /** Begins a command line in this process that runs until it is stopped, such as `serve`. */
  begin(...argv: readonly string[]): Running {
    const stop = new AbortController();
    const [stdout, stderr] = [new Collector(), new Collector()];
    const { directory: workingDirectory } = this;
    const stdin = Readable.from([]);
    const io = { stdin, stdout, stderr, workingDirectory, environment: {}, signal: stop.signal };
    const exit = run(argv, io);
    const running: Running = {
      async says(text) {
        for (const until = Date.now() + patienceMs; Date.now() < until; await pause(20)) {
          const found = text.exec(`${stdout.text}${stderr.text}`);
          if (found !== null) return found[0];
        }
        throw new Error(`does not say ${String(text)}\n${stdout.text}${stderr.text}`);
      },
      ended: async () => ({ exit: await exit, stdout: stdout.text, stderr: stderr.text }),
      async stop() {
        stop.abort();
        return running.ended();
      },
    };
    this.#running.push(running);
    return running;
  }

  /** Runs a command line that must succeed; returns its result. */
  async done(...argv: readonly string[]): Promise<string> {
    const { exit, stdout, stderr } = await this.run(argv);
    if (exit !== 0) throw new Error(`outrider ${argv.join(" ")} exits ${exit}\n${stdout}${stderr}`);
    return stdout;
  }

  /** The same, with `--json`. */
  async json<T = unknown>(...argv: readonly string[]): Promise<T> {
    return JSON.parse(await this.done(...argv, "--json")) as T;
  }

  /** Starts a command line as a program of its own; it ends with the workshop at the latest. */
  start(...argv: readonly string[]): Program {
    return this.startIn({}, ...argv);
  }

  /** The same, with more in its environment. */
  startIn(environment: Readonly<Record<string, string>>, ...argv: readonly string[]): Program {
    const program = startProgram(argv, { cwd: this.directory, environment });
    this.#programs.push(program);
    return program;
  }

  /** Everything in the folder: path → kind, mode and digest. */
  async snapshot(): Promise<readonly string[]> {
    const names = await readdir(this.directory, { recursive: true });
    return Promise.all(
      names.toSorted().map(async (name) => {
        const facts = await lstat(this.path(name));
        const content = facts.isFile() ? await readFile(this.path(name)) : Buffer.alloc(0);
        const digest = createHash("sha256").update(content).digest("hex");
        return `${name} ${facts.mode.toString(8)} ${facts.isFile() ? digest : "-"}`;
      }),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#programs.map((program) => program.end()));
    await Promise.all(this.#running.map((running) => running.stop()));
    await rm(this.directory, { recursive: true, force: true, maxRetries: 3 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }
}

class Collector extends Writable {
  readonly #pieces: Buffer[] = [];

  override _write(piece: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#pieces.push(piece);
    done();
  }

  get text(): string {
    return Buffer.concat(this.#pieces).toString("utf8");
  }
}
