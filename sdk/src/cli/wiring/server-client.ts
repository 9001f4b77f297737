/** Which server a command speaks to, from its options or the environment; what it does there ends with the command. */
import type { Command } from "commander";
import { serverClient, type ServerClient } from "../../client/index.ts";
import { OutriderError } from "../../errors/index.ts";
import { readSecret } from "../../release/files.ts";
import type { Terminal } from "../io.ts";

/** Which server, and the right to read from it. */
export interface ServerOptions {
  readonly server?: string;
  readonly tokenFile?: string;
}

/** Adds `--server` and `--token-file`. */
export function addServerOptions(command: Command): Command {
  return command
    .option("--server <url>", "the server, such as http://127.0.0.1:8080/ (or OUTRIDER_SERVER)")
    .option(
      "--token-file <file>",
      "file with its bearer token for reading (or OUTRIDER_TOKEN_FILE)",
    );
}

/** @throws CONFIG_INVALID, FILE_MISSING */
export async function connectServer(
  terminal: Terminal,
  options: ServerOptions,
): Promise<ServerClient> {
  const { environment, signal } = terminal;
  const url = options.server ?? environment["OUTRIDER_SERVER"];
  const tokenFile = options.tokenFile ?? environment["OUTRIDER_TOKEN_FILE"];
  if (url === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "Which server? Pass --server URL, or set OUTRIDER_SERVER.",
    );
  const token = tokenFile === undefined ? undefined : await readSecret(terminal, tokenFile);
  const client = serverClient({ url, ...(token === undefined ? {} : { token }) });
  return {
    url: client.url,
    post: (path, bytes, more) => client.post(path, bytes, { signal, ...more }),
    enrol: (enrolment, more) => client.enrol(enrolment, { signal, ...more }),
    get: (path, more) => client.get(path, { signal, ...more }),
    open: (path, more) => client.open(path, { signal, ...more }),
  };
}
