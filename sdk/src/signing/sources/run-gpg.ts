/**
 * Runs gpg without a shell: fixed arguments, data on stdin, passphrase and status on file descriptors of their own, so
 * that nothing a key or a document says can be taken for gpg's word (THREATS N4). Never more output than expected.
 */
import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";
import { OutriderError, say } from "../../errors/index.ts";

/** Where gpg is and whose keys it uses. */
export interface GpgOptions {
  /** Path or name of the program; `gpg` unless given. */
  readonly program?: string;
  /** GnuPG's home; the user's own unless given. */
  readonly homeDirectory?: string;
  /** How long gpg may take, a person's typing of a passphrase included. Two minutes unless given. */
  readonly timeoutMs?: number;
}

/** What gpg is told. */
export interface GpgInput {
  readonly argv: readonly string[];
  readonly data?: Uint8Array;
  /** Goes to gpg's file descriptor 4: `--passphrase-fd 4`. */
  readonly passphrase?: string;
  readonly signal?: AbortSignal;
}

/** What gpg said. */
export interface GpgOutput {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Lines of the status descriptor, without their `[GNUPG:] `. */
  readonly status: readonly string[];
}

const defaultTimeoutMs = 120_000;
const maxOutputBytes = 4 * 1024 * 1024;

/**
 * Runs gpg to its end.
 *
 * @throws TOOL_MISSING, KEY_SOURCE when it takes too long or says too much, CANCELLED
 */
export async function runGpg(options: GpgOptions, input: GpgInput): Promise<GpgOutput> {
  const program = options.program ?? "gpg";
  const home = options.homeDirectory === undefined ? [] : ["--homedir", options.homeDirectory];
  const argv = ["--batch", "--no-tty", "--status-fd", "3", ...home, ...input.argv];
  const timeout = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
  const tooMuch = new AbortController();
  const stops = [timeout, tooMuch.signal, ...(input.signal === undefined ? [] : [input.signal])];
  try {
    return await collect(program, argv, input, AbortSignal.any(stops), () => tooMuch.abort());
  } catch (cause) {
    if (input.signal?.aborted === true)
      throw new OutriderError("CANCELLED", say("Signing with gpg was cancelled."), { cause });
    if ((cause as NodeJS.ErrnoException).code === "ENOENT")
      throw new OutriderError(
        "TOOL_MISSING",
        say("{0} is not installed, or not on the PATH.", program),
        {
          cause,
          subject: program,
        },
      );
    const message = timeout.aborted
      ? say("{0} did not answer in time.", program)
      : say("{0} could not be used.", program);
    throw new OutriderError("KEY_SOURCE", message, { cause, subject: program });
  }
}

function collect(
  program: string,
  argv: readonly string[],
  input: GpgInput,
  signal: AbortSignal,
  stop: () => void,
): Promise<GpgOutput> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, argv, {
      // stdin, stdout, stderr, status, passphrase
      stdio: ["pipe", "pipe", "pipe", "pipe", "pipe"],
      env: { ...process.env, LC_ALL: "C" },
      signal,
      windowsHide: true,
    });
    const [stdin, stdout, stderr, status, passphrase] = child.stdio as unknown as [
      Writable,
      Readable,
      Readable,
      Readable,
      Writable,
    ];
    const texts = [stdout, stderr, status].map((stream) => readText(stream, stop));
    // gpg may end before it has read everything: that is its answer, not our failure.
    for (const stream of child.stdio) stream?.on("error", () => undefined);
    stdin.end(input.data);
    passphrase.end(input.passphrase);
    child.once("error", reject);
    child.once("close", (exitCode) => {
      const [out = "", err = "", lines = ""] = texts.map((text) => text());
      const said = lines.split("\n").filter((line) => line.startsWith("[GNUPG:] "));
      resolve({ exitCode, stdout: out, stderr: err, status: said.map((line) => line.slice(9)) });
    });
  });
}

/** Gathers a stream's text up to a limit; past it, calls `stop`. */
function readText(stream: Readable, stop: () => void): () => string {
  const chunks: Buffer[] = [];
  let length = 0;
  stream.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length > maxOutputBytes) stop();
    else chunks.push(chunk);
  });
  return () => Buffer.concat(chunks).toString("utf8");
}
