/**
 * `node outrider-agent.mjs [run|receive [--pipe]|status] CONFIG`: the agent for service managers and mail systems' pipes. All it
 * writes on standard output is JSON, a line each; its log and its errors are JSON lines on standard error.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { errorTable, isOutriderError, OutriderError } from "../../../errors/index.ts";
import { readAgentConfig } from "../../config.ts";
import { openTerminal, type Terminal } from "../../io.ts";
import { readAgentStatus } from "../../wiring/agent.ts";
import type { LargeTransports } from "../../wiring/large-transports.ts";
import { comeAgain, receiveMessage, verdictExits } from "../receive.ts";
import { runAgent } from "../run.ts";

const usage = "Start it as: node outrider-agent.mjs [run|receive [--pipe]|status] CONFIG.";

/** Does what the command line says, ends at SIGINT or SIGTERM, and sets the exit code: 0, 1, 2, 3 or 130; with --pipe 0 or 75. */
export async function startAgentFile(large: LargeTransports | undefined): Promise<void> {
  const interrupt = new AbortController();
  // The second signal ends at once; the first lets the work finish what must not be torn.
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => interrupt.abort());
  const { stdin, stdout, stderr } = process;
  const terminal = openTerminal(
    {
      stdin,
      stdout,
      stderr,
      workingDirectory: process.cwd(),
      environment: process.env,
      signal: interrupt.signal,
    },
    { json: true, verbose: false },
  );
  let isPipe = false;
  try {
    const order = readArguments();
    isPipe = order.isPipe;
    process.exitCode = await obey(terminal, order, large);
  } catch (error) {
    const code = interrupt.signal.aborted ? 130 : report(terminal, error);
    process.exitCode = isPipe ? comeAgain : code;
  }
}

interface Order {
  readonly verb: "run" | "receive" | "status";
  readonly path: string;
  /** A mail system waits for the exit code. */
  readonly isPipe: boolean;
}

/** Does what the command line says; an agent that was running and told to stop has done its work. */
async function obey(
  terminal: Terminal,
  { verb, path, isPipe }: Order,
  large: LargeTransports | undefined,
): Promise<number> {
  const config = await readAgentConfig(terminal, path);
  if (verb === "run") await runAgent(terminal, config, large);
  if (verb === "status") terminal.result(await readAgentStatus(terminal, config, large), "");
  if (verb !== "receive") return 0;
  const { reception, receiptsWaiting } = await receiveMessage(terminal, config, large);
  terminal.result({ outcome: reception.verdict, ...reception, receiptsWaiting }, "");
  if (!isPipe) return verdictExits[reception.verdict];
  return reception.verdict === "postponed" ? comeAgain : 0;
}

function readArguments(): Order {
  const { positionals: given, values } = parseCommandLine();
  const isPipe = values.pipe === true;
  const [verb, path] = given.length === 1 ? ["run", given[0]] : given;
  const known = verb === "run" || verb === "receive" || verb === "status";
  if (!known || path === undefined || given.length > 2 || (isPipe && verb !== "receive"))
    throw new OutriderError("CONFIG_INVALID", usage);
  return { verb, path, isPipe };
}

function parseCommandLine() {
  try {
    return parseArgs({ allowPositionals: true, options: { pipe: { type: "boolean" } } });
  } catch (cause) {
    throw new OutriderError("CONFIG_INVALID", usage, { cause });
  }
}

/** Tells the error; the exit codes are those of `outrider`. */
function report({ stderr }: Terminal, error: unknown): 1 | 2 | 3 {
  const message = error instanceof Error ? error.message : String(error);
  const { code, step, retryable, subject, pointer } = isOutriderError(error)
    ? error
    : { code: undefined, step: "any", retryable: false };
  const told = { code: code ?? "UNEXPECTED", step, retryable, message, subject, pointer };
  stderr.write(`${JSON.stringify({ error: told })}\n`);
  return code === undefined ? 1 : errorTable[code].exit;
}
