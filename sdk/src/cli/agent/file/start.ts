/**
 * `node outrider-agent.mjs VERB CONFIG`: the agent for service managers, mail systems' pipes and a person at the
 * machine. All it writes on standard output is JSON, a line each; its log and its errors are JSON lines on standard
 * error.
 */
import process from "node:process";
import { parseArgs } from "node:util";
import { errorTable, isOutriderError, OutriderError } from "../../../errors/index.ts";
import type { AgentConfig } from "../../../schema/index.ts";
import { readAgentConfig, type Configuration } from "../../config.ts";
import { openTerminal, type Terminal } from "../../io.ts";
import { keepToPath } from "../../program-path.ts";
import { readAgentStatus } from "../../wiring/agent.ts";
import type { LargeTransports } from "../../wiring/large-transports.ts";
import type { examineAgent } from "../doctor/index.ts";
import { comeAgain, receiveMessage, verdictExits } from "../receive.ts";
import { rollBackPackage } from "../rollback.ts";
import { runAgent } from "../run.ts";

const usage =
  "Start it as: node outrider-agent.mjs [run|receive [--pipe]|status|doctor] CONFIG, or rollback PACKAGE CONFIG.";

/** What the small agent does not have. */
export interface Extras {
  readonly large: LargeTransports;
  readonly examine: typeof examineAgent;
}

/**
 * Does what the command line says, ends at SIGINT or SIGTERM, and sets the exit code: 0, 1, 2, 3 or 130; with --pipe 0
 * or 75.
 */
export async function startAgentFile(extras: Extras | undefined): Promise<void> {
  keepToPath(process.env);
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
    process.exitCode = await obey(terminal, order, extras);
  } catch (error) {
    const code = interrupt.signal.aborted ? 130 : report(terminal, error);
    process.exitCode = isPipe ? comeAgain : code;
  }
}

const verbs = ["run", "receive", "status", "rollback", "doctor"] as const;
type Verb = (typeof verbs)[number];

interface Order {
  readonly verb: Verb;
  readonly path: string;
  /** The package that is gone back with. */
  readonly name: string;
  /** A mail system waits for the exit code. */
  readonly isPipe: boolean;
}

/** Does what the command line says; an agent that was running and told to stop has done its work. */
async function obey(
  terminal: Terminal,
  { verb, path, name, isPipe }: Order,
  extras: Extras | undefined,
): Promise<number> {
  const config = await readAgentConfig(terminal, path);
  const large = extras?.large;
  if (verb === "run") await runAgent(terminal, config, large);
  if (verb === "status") terminal.result(await readAgentStatus(terminal, config, large), "");
  if (verb === "rollback")
    terminal.result(await rollBackPackage(terminal, config, name, large), "");
  if (verb === "doctor") return examine(terminal, config, extras);
  if (verb !== "receive") return 0;
  const { reception, receiptsWaiting } = await receiveMessage(terminal, config, large);
  terminal.result({ outcome: reception.verdict, ...reception, receiptsWaiting }, "");
  if (!isPipe) return verdictExits[reception.verdict];
  return reception.verdict === "postponed" ? comeAgain : 0;
}

async function examine(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  extras: Extras | undefined,
): Promise<number> {
  if (extras === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "The small agent has no doctor: use outrider-agent.mjs.",
    );
  const findings = await extras.examine(terminal, config, {
    patienceMs: 5000,
    large: extras.large,
  });
  terminal.result({ findings }, "");
  return findings.some(({ verdict }) => verdict === "bad") ? 1 : 0;
}

function readArguments(): Order {
  const { positionals: given, values } = parseCommandLine();
  const isPipe = values.pipe === true;
  const [first = "", ...others] = given.length === 1 ? ["run", ...given] : given;
  const verb = verbs.find((each) => each === first);
  const path = others.at(-1);
  const wanted = verb === "rollback" ? 2 : 1;
  if (
    verb === undefined ||
    path === undefined ||
    others.length !== wanted ||
    (isPipe && verb !== "receive")
  )
    throw new OutriderError("CONFIG_INVALID", usage);
  return { verb, path, name: others[0] ?? "", isPipe };
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
