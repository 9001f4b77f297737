/**
 * Runs smbclient: no shell, one command a call, the password never among its arguments.
 *
 * Its exit code is no verdict (it is 0 after some failures): with `-E` all messages come on standard error, and there
 * no line may name an NT status. Whoever asked for a file besides holds it to a length or a digest.
 */
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { OutriderError } from "../../errors/index.ts";
import { throwIfCancelled } from "../partial-archive.ts";
import type { SmbclientPlace } from "./place.ts";

/** One command. */
export interface SmbCommand {
  /** Made of fixed words, `remoteName` and local names without a blank. */
  readonly text: string;
  /** Goes to standard input: `put - NAME`. */
  readonly input?: AsyncIterable<Uint8Array>;
  /** Gets standard output: `get NAME -`; smbclient waits for it. */
  readonly onOutput?: (bytes: Uint8Array) => Promise<void> | void;
  /** Where local names are; none are used unless given. */
  readonly localFolder?: string;
  /** Called ten times a second; true is a sign of life. What it throws ends the command. */
  readonly watch?: (child: Pick<ChildProcess, "kill">) => Promise<boolean>;
  readonly signal?: AbortSignal;
}

/** What the share answered instead. */
export class SmbFault extends Error {
  /** `NT_STATUS_…`, if it named one. */
  readonly status: string | undefined;

  constructor(message: string) {
    super(message);
    this.name = "SmbFault";
    this.status = /NT_STATUS_[A-Z0-9_]+/.exec(message)?.[0];
  }
}

/** A listing of some 30,000 names; what goes beyond is left. */
const maxMessageBytes = 4 * 1024 * 1024;
const watchMs = 100;
/** So a line of a listing begins; what follows is a stranger's. */
const listedIndent = "  ";

/**
 * @returns what it said; a listing is said too.
 * @throws SmbFault, TOOL_MISSING, CANCELLED; what `input`, `onOutput` and `watch` throw
 */
export async function runSmbclient(place: SmbclientPlace, command: SmbCommand): Promise<string> {
  throwIfCancelled(command.signal, place.root);
  const stop = new AbortController();
  const child = spawn(place.program, argumentsFor(place, command.text), {
    // Nothing of our environment reaches it but where programs are: USER and PASSWD would be taken for credentials.
    env: { PATH: process.env["PATH"], LC_ALL: "C" },
    stdio: ["pipe", "pipe", "pipe"],
    windowsHide: true,
    ...(command.localFolder === undefined ? {} : { cwd: command.localFolder }),
  });
  const ended = once(child, "close");
  ended.catch(() => undefined);
  const kill = (): boolean => child.kill("SIGKILL"); // it has nothing to tidy up, and may be held by SIGSTOP
  const cancel = (): void => stop.abort();
  command.signal?.addEventListener("abort", cancel, { once: true });
  stop.signal.addEventListener("abort", kill, { once: true });
  let isOurTurn = false; // while what came is being taken, perhaps slowly on purpose, the share is not to blame
  const silence = setTimeout(() => {
    if (isOurTurn) silence.refresh();
    else stop.abort(new SmbFault(`nothing moved for ${place.timeoutMs} ms`));
  }, place.timeoutMs);
  const watching = setInterval(() => {
    command.watch?.(child).then(
      (lives) => lives && silence.refresh(),
      (error: unknown) => stop.abort(error),
    );
  }, watchMs);
  try {
    const take = async (bytes: Uint8Array): Promise<void> => {
      isOurTurn = true;
      await command.onOutput?.(bytes);
      isOurTurn = false;
      silence.refresh();
    };
    const end = (error: unknown): void => stop.abort(error);
    const [messages] = await Promise.all([
      readMessages(child.stderr),
      feed(child.stdin, command.input, () => silence.refresh()).catch(end),
      drain(child.stdout, take).catch(end),
      ended,
    ]);
    throwIfCancelled(command.signal, place.root);
    stop.signal.throwIfAborted();
    judge(messages, child.exitCode);
    return messages;
  } catch (cause) {
    throw isMissing(cause) ? missing(place, cause) : cause;
  } finally {
    clearTimeout(silence);
    clearInterval(watching);
    command.signal?.removeEventListener("abort", cancel);
  }
}

function argumentsFor(place: SmbclientPlace, command: string): string[] {
  const { service, port, credentialsFile, encrypt = false, timeoutMs } = place;
  const protection = encrypt ? "encrypt" : credentialsFile === undefined ? "off" : "sign";
  return [
    service,
    ...(credentialsFile === undefined ? ["-N"] : ["-A", credentialsFile]),
    ...(port === undefined ? [] : ["-p", String(port)]),
    `--client-protection=${protection}`,
    "-t",
    String(Math.max(1, Math.ceil(timeoutMs / 1000))),
    "-E",
    "-c",
    command,
  ];
}

function judge(messages: string, exitCode: number | null): void {
  const fault = messages
    .split("\n")
    .find((line) => !line.startsWith(listedIndent) && line.includes("NT_STATUS_"));
  if (fault !== undefined) throw new SmbFault(fault.trim());
  if (exitCode !== 0) throw new SmbFault(messages.trim() || `smbclient ended with ${exitCode}`);
}

async function readMessages(stderr: Readable): Promise<string> {
  let text = "";
  for await (const piece of stderr) if (text.length < maxMessageBytes) text += String(piece);
  return text;
}

async function drain(stdout: Readable, take: (bytes: Uint8Array) => Promise<void>): Promise<void> {
  for await (const piece of stdout as AsyncIterable<Buffer>) await take(piece);
}

/** What it did not take, it said why. */
async function feed(
  stdin: ChildProcess["stdin"],
  input: AsyncIterable<Uint8Array> | undefined,
  alive: () => void,
): Promise<void> {
  if (stdin === null) return;
  async function* pieces(): AsyncGenerator<Uint8Array> {
    for await (const piece of input ?? []) {
      yield piece;
      alive();
    }
  }
  try {
    await pipeline(Readable.from(pieces()), stdin);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!["EPIPE", "ERR_STREAM_PREMATURE_CLOSE", "ECONNRESET"].includes(code)) throw error;
  }
}

function isMissing(error: unknown): boolean {
  const { code, syscall = "" } = error as NodeJS.ErrnoException;
  return code === "ENOENT" && syscall.startsWith("spawn");
}

function missing({ program }: SmbclientPlace, cause: unknown): OutriderError {
  return new OutriderError(
    "TOOL_MISSING",
    `${program} is not installed, or not on the PATH: it comes with Samba.`,
    { subject: program, cause },
  );
}
