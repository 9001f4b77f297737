/**
 * `outrider agent enroll`: makes this machine an agent of a server, with a one-time token and a pinned trust document.
 */
import { hostname } from "node:os";
import { text as readAll } from "node:stream/consumers";
import { OutriderError } from "../../../errors/index.ts";
import { readSecret } from "../../../release/files.ts";
import type { Facts } from "../../../schema/index.ts";
import type { CommandDefinition } from "../../command.ts";
import { defaultAgentConfig } from "../../config.ts";
import type { Terminal } from "../../io.ts";
import { several } from "../../options.ts";
import { enrolAgent, type EnrolmentWishes } from "../../wiring/enrolment.ts";

interface EnrollOptions {
  readonly server?: string;
  readonly trust: string;
  readonly tokenFile?: string;
  readonly id?: string;
  readonly share?: string;
  readonly email?: string;
  readonly maildir?: string;
  readonly decryptionKey?: string;
  readonly fact?: readonly string[];
}

export const enrollCommand: CommandDefinition = (group, context) => {
  group
    .command("enroll")
    .argument("[config]", "agent configuration to be written", defaultAgentConfig)
    .option("--server <url>", "the server, such as https://updates.example/ (or OUTRIDER_SERVER)")
    .requiredOption("--trust <sha256>", "digest of the trust document, as agents token says it")
    .option(
      "--token-file <file>",
      "file with the one-time token; - for standard input (or OUTRIDER_ENROLMENT_TOKEN)",
    )
    .option("--id <id>", "this machine's name (default: its host name)")
    .option("--share <folder>", "also read this share, first of all")
    .option("--email <address>", "also be reached by mail; needs --maildir")
    .option("--maildir <folder>", "where that mail arrives")
    .option(
      "--decryption-key <file>",
      "have archives in that mail encrypted to this machine; the key is made where there is none",
    )
    .option(
      "--fact <name=value>",
      "something that packages ask for; may be given several times",
      several,
    )
    .description("make this machine an agent of a server")
    .addHelpText(
      "after",
      "\nThe server is believed nothing: its trust document must be the one of the digest, which came another way, and every\nlater one follows from it. What is written is for this user only. Other mailboxes and ways: edit the configuration.\n\nExample:\n  outrider agent enroll --server https://updates.example/ --trust 3f1c… --token-file token.txt",
    )
    .action(async (path: string, options: EnrollOptions) => {
      const terminal = context.terminal();
      const wishes = wishesOf(terminal, path, options);
      const token = await readToken(terminal, options.tokenFile);
      const { agent, fingerprint } = await enrolAgent(terminal, wishes, token);
      terminal.result({ config: path, agent, key: fingerprint }, [
        `Agent ${agent.id} in ${agent.groups.join(", ") || "no group"} is enrolled, key ${fingerprint}.`,
        `Its configuration is ${path}. Next: outrider agent run${path === defaultAgentConfig ? "" : ` ${path}`}`,
      ]);
    });
};

function wishesOf(terminal: Terminal, path: string, options: EnrollOptions): EnrolmentWishes {
  const { share, email, maildir, decryptionKey, fact = [] } = options;
  const server = options.server ?? terminal.environment["OUTRIDER_SERVER"];
  if (server === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "Which server? Pass --server URL, or set OUTRIDER_SERVER.",
    );
  if (!/^[0-9a-f]{64}$/.test(options.trust))
    throw new OutriderError("CONFIG_INVALID", "--trust is a SHA-256, 64 hexadecimal digits.");
  if ((email === undefined) !== (maildir === undefined))
    throw new OutriderError("CONFIG_INVALID", "--email and --maildir go together.");
  if (decryptionKey !== undefined && email === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "--decryption-key is for archives that come by mail: pass --email and --maildir, too.",
    );
  return {
    path,
    server,
    trustSha256: options.trust,
    id: options.id ?? hostname(),
    facts: factsOf(fact),
    ...(share === undefined ? {} : { share }),
    ...(email === undefined || maildir === undefined
      ? {}
      : {
          mail: {
            address: email,
            maildir,
            ...(decryptionKey === undefined ? {} : { decryptionKey }),
          },
        }),
  };
}

function factsOf(pairs: readonly string[]): Facts {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
      if (name === undefined || value === undefined)
        throw new OutriderError("CONFIG_INVALID", `--fact ${pair} is not of the form NAME=VALUE.`);
      return [name, value];
    }),
  );
}

/** Never an argument: those are seen by everybody on the machine. */
async function readToken(terminal: Terminal, file: string | undefined): Promise<string> {
  const given =
    file === undefined
      ? terminal.environment["OUTRIDER_ENROLMENT_TOKEN"]
      : file === "-"
        ? await readAll(terminal.stdin)
        : await readSecret(terminal, file);
  const token = (given ?? "").trim();
  if (/^[\w-]{16,200}$/.test(token)) return token;
  throw new OutriderError(
    "CONFIG_INVALID",
    given === undefined
      ? "Where is the token? Pass --token-file FILE, or - for standard input, or set OUTRIDER_ENROLMENT_TOKEN."
      : "What was given holds no enrolment token.",
  );
}
