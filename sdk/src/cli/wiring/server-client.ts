/** A server as commands reach it: by HTTP, like any client. What it answers is shown, and believed in nothing. */
import type { Command } from "commander";
import { errorTable, OutriderError, type ErrorCode } from "../../errors/index.ts";
import { readSecret } from "../files.ts";
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

/** A server that answers. */
export interface ServerClient {
  /** Sends a signed message. @returns the deployment it is about. @throws the refusal, as the server gave it */
  post(path: "triggers" | "controls", bytes: Uint8Array): Promise<string>;
  /** Reads. @throws UNAVAILABLE, DEPLOYMENT_UNKNOWN, CONFIG_INVALID where a token is needed */
  get(path: string): Promise<unknown>;
}

/** @throws CONFIG_INVALID, FILE_MISSING */
export async function connectServer(
  terminal: Terminal,
  options: ServerOptions,
): Promise<ServerClient> {
  const { environment, signal } = terminal;
  const base = options.server ?? environment["OUTRIDER_SERVER"];
  const tokenFile = options.tokenFile ?? environment["OUTRIDER_TOKEN_FILE"];
  if (base === undefined || !/^https?:\/\/[^\s@]+$/.test(base) || !URL.canParse(base))
    throw new OutriderError(
      "CONFIG_INVALID",
      base === undefined
        ? "Which server? Pass --server URL, or set OUTRIDER_SERVER."
        : `${base} is not the URL of a server: write it like http://127.0.0.1:8080/.`,
    );
  const token = tokenFile === undefined ? undefined : await readSecret(terminal, tokenFile);
  const ask = async (path: string, request: RequestInit): Promise<Answer> => {
    const url = new URL(path, base.endsWith("/") ? base : `${base}/`).href;
    const response = await fetch(url, { ...request, redirect: "error", signal }).catch(
      (cause: unknown) => {
        throw unavailable(url, `does not answer${reasonOf(cause)}`, cause);
      },
    );
    const body: unknown = await response.json().catch((cause: unknown) => {
      throw unavailable(url, `answered ${response.status}, and not in JSON`, cause);
    });
    return { url, status: response.status, ok: response.ok, body };
  };
  return {
    async post(path, bytes) {
      const answer = await ask(path, { method: "POST", body: Buffer.from(bytes) });
      const { deployment } = answer.body as { deployment?: unknown };
      if (answer.ok && typeof deployment === "string") return deployment;
      throw refusalOf(answer);
    },
    async get(path) {
      const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
      const answer = await ask(path, { headers });
      if (answer.ok) return answer.body;
      if (answer.status !== 401) throw refusalOf(answer);
      throw new OutriderError(
        "CONFIG_INVALID",
        `${answer.url} wants ${token === undefined ? "a" : "another"} bearer token: pass --token-file FILE.`,
        { subject: answer.url },
      );
    },
  };
}

interface Answer {
  readonly url: string;
  readonly status: number;
  readonly ok: boolean;
  readonly body: unknown;
}

/** The server's own words, where it has some of ours. */
function refusalOf({ url, status, body }: Answer): OutriderError {
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === "string" && Object.hasOwn(errorTable, code) && typeof message === "string")
    return new OutriderError(code as ErrorCode, message, { subject: url });
  return unavailable(url, `answered ${status}: it may not be a server of Outrider`);
}

function unavailable(url: string, what: string, cause?: unknown): OutriderError {
  return new OutriderError("UNAVAILABLE", `${url} ${what}.`, { subject: url, cause });
}

function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === "string" ? ` (${cause.code})` : "";
}
