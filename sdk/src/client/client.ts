/** A server as people's programs reach it: by HTTP. What it answers is shown, and believed in nothing. */
import { errorTable, OutriderError, say, type ErrorCode, type Sentence } from "../errors/index.ts";
import type { RegisteredAgent } from "../schema/index.ts";

/** Which server, and the right to read from it. */
export interface ServerClientOptions {
  /** Such as `http://127.0.0.1:8080/`. */
  readonly url: string;
  /** Bearer token for reading. */
  readonly token?: string;
}

/** May be cancelled. */
export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
}

/** What an agent says of itself when it enrols. */
export interface AgentEnrolment extends Pick<
  RegisteredAgent,
  "id" | "addresses" | "facts" | "encryptionKey"
> {
  readonly token: string;
  /** Public-key packet body, base64. */
  readonly key: string;
}

/** An agent as the server has registered it. */
export type EnrolledAgent = Omit<RegisteredAgent, "key">;

/** A server. */
export interface ServerClient {
  /** Its URL, with a slash at the end. */
  readonly url: string;
  /**
   * Sends a signed message.
   *
   * @returns the deployment it is about.
   * @throws the refusal, as the server gave it; UNAVAILABLE
   */
  post(
    path: "triggers" | "controls" | "receipts",
    bytes: Uint8Array,
    options?: RequestOptions,
  ): Promise<string>;
  /**
   * Registers an agent with a one-time token.
   *
   * @returns the agent as it is registered now, without its key.
   * @throws TOKEN_INVALID and what else the server refuses; UNAVAILABLE
   */
  enrol(enrolment: AgentEnrolment, options?: RequestOptions): Promise<EnrolledAgent>;
  /** Reads JSON. @throws UNAVAILABLE, DEPLOYMENT_UNKNOWN, CONFIG_INVALID where a token is needed */
  get(path: string, options?: RequestOptions): Promise<unknown>;
  /** Opens a stream of text. @throws as `get` */
  open(path: string, options?: RequestOptions): Promise<ReadableStream<Uint8Array>>;
}

/** Ten thousand rows with their receipts are a tenth of it. */
const maxAnswerBytes = 256 * 1024 * 1024;

/** @throws CONFIG_INVALID for what is no URL of a server */
export function serverClient({ url, token }: ServerClientOptions): ServerClient {
  if (!/^https?:\/\/[^\s@]+$/.test(url) || !URL.canParse(url))
    throw new OutriderError(
      "CONFIG_INVALID",
      say("{0} is not the URL of a server: write it like http://127.0.0.1:8080/.", url),
      { subject: url },
    );
  const base = url.endsWith("/") ? url : `${url}/`;
  const headers: Readonly<Record<string, string>> =
    token === undefined ? {} : { authorization: `Bearer ${token}` };
  const ask = async (path: string, request: RequestInit): Promise<Response> => {
    const target = new URL(path, base).href;
    return fetch(target, { ...request, redirect: "error" }).catch((cause: unknown) => {
      if (request.signal?.aborted === true) throw cause;
      throw unavailable(target, silenceOf(cause), cause);
    });
  };
  const read = async (path: string, { signal }: RequestOptions): Promise<Response> => {
    const response = await ask(path, { headers, signal: signal ?? null });
    if (response.ok) return response;
    if (response.status !== 401) throw await refusalOf(response);
    await response.body?.cancel();
    throw new OutriderError(
      "CONFIG_INVALID",
      token === undefined
        ? say("{0} wants a bearer token: pass --token-file FILE.", response.url)
        : say("{0} wants another bearer token: pass --token-file FILE.", response.url),
      { subject: response.url },
    );
  };
  const send = async (
    path: string,
    bytes: Uint8Array,
    { signal }: RequestOptions,
  ): Promise<Response> => {
    const body = Uint8Array.from(bytes);
    const response = await ask(path, { method: "POST", body, signal: signal ?? null });
    if (response.ok) return response;
    throw await refusalOf(response);
  };
  return {
    url: base,
    async enrol(enrolment, options = {}) {
      const bytes = new TextEncoder().encode(JSON.stringify(enrolment));
      return (await jsonOf(await send("enrolments", bytes, options))) as EnrolledAgent;
    },
    async post(path, bytes, options = {}) {
      const response = await send(path, bytes, options);
      const { deployment, outcome } = (await jsonOf(response)) as Record<string, unknown>;
      if (typeof deployment === "string") return deployment;
      throw unavailable(response.url, say("did not take it ({0})", String(outcome)));
    },
    get: async (path, options = {}) => jsonOf(await read(path, options)),
    async open(path, options = {}) {
      const { body, url: target } = await read(path, options);
      if (body === null) throw unavailable(target, say("answered nothing"));
      return body;
    },
  };
}

async function jsonOf(response: Response): Promise<unknown> {
  const bytes = await bytesOf(response);
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw unavailable(response.url, say("answered {0}, and not in JSON", response.status), cause);
  }
}

async function bytesOf({ body, url }: Response): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const piece of body ?? []) {
      size += piece.length;
      if (size > maxAnswerBytes) break; // which also ends the request
      pieces.push(piece);
    }
  } catch (cause) {
    throw unavailable(url, say("broke its answer off"), cause);
  }
  if (size > maxAnswerBytes)
    throw unavailable(url, say("answers more than {0} bytes", maxAnswerBytes));
  return Buffer.concat(pieces);
}

/** The server's own words, where it has some of ours. */
async function refusalOf(response: Response): Promise<OutriderError> {
  const body = await jsonOf(response);
  const { code, message } = (body ?? {}) as { code?: unknown; message?: unknown };
  if (typeof code === "string" && Object.hasOwn(errorTable, code) && typeof message === "string")
    return new OutriderError(code as ErrorCode, message, { subject: response.url });
  return unavailable(
    response.url,
    say("answered {0}: it may not be a server of Outrider", response.status),
  );
}

function unavailable(url: string, what: Sentence, cause?: unknown): OutriderError {
  return new OutriderError("UNAVAILABLE", say("{0} {1}.", url, what), { subject: url, cause });
}

function silenceOf(error: unknown): Sentence {
  const { cause } = error as { cause?: { code?: unknown } };
  return typeof cause?.code === "string"
    ? say("does not answer ({0})", cause.code)
    : say("does not answer");
}
