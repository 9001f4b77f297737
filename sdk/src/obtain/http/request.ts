/**
 * One GET over `node:http`, following few redirects, each held to the policy. Not `fetch`: only here can the address that
 * is connected to be checked (`lookup`), and nothing is decompressed on the way.
 */
import { request as plainRequest, type IncomingMessage } from "node:http";
import { request as tlsRequest } from "node:https";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { checkUrl, policedLookup, type HttpPolicy } from "./policy.ts";

/** How requests are made. */
export interface RequestOptions {
  readonly policy: HttpPolicy;
  /** PEM of the authorities to trust instead of the system's. */
  readonly ca?: string;
  readonly maxRedirects: number;
  readonly signal: AbortSignal;
}

/**
 * Asks and returns the answer once its head is there; the caller reads or destroys it.
 *
 * @throws SOURCE_FORBIDDEN, UNAVAILABLE
 */
export async function get(
  from: URL,
  headers: Readonly<Record<string, string>>,
  options: RequestOptions,
): Promise<IncomingMessage> {
  let url = from;
  for (let redirects = 0; redirects <= options.maxRedirects; redirects++) {
    checkUrl(url, options.policy);
    const answer = await ask(url, headers, options);
    const { statusCode = 0 } = answer;
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(statusCode) || location === undefined) return answer;
    answer.destroy();
    url = redirected(url, location);
  }
  throw new OutriderError(
    "UNAVAILABLE",
    `${from.host} redirected more than ${options.maxRedirects} times.`,
    {
      subject: from.href,
    },
  );
}

function redirected(from: URL, location: string): URL {
  const url = URL.parse(location, from.href);
  if (url === null)
    throw new OutriderError("UNAVAILABLE", `${from.host} redirected to something that is no URL.`, {
      subject: from.href,
    });
  if (from.protocol === "https:" && url.protocol !== "https:")
    throw new OutriderError(
      "SOURCE_FORBIDDEN",
      `${from.host} redirected from https to ${url.protocol}//${url.host}; that is not followed.`,
      { subject: from.href },
    );
  return url;
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { policy, ca, signal }: RequestOptions,
): Promise<IncomingMessage> {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const send = url.protocol === "https:" ? tlsRequest : plainRequest;
  const request = send(url, {
    agent: false,
    headers: { "accept-encoding": "identity", ...headers },
    lookup: policedLookup(policy),
    signal,
    ...(ca === undefined ? {} : { ca }),
  });
  request.once("response", resolve);
  request.once("error", (error) =>
    reject(isOutriderError(error) ? error : unavailable(url, error)),
  );
  request.end();
  return promise;
}

function unavailable(url: URL, cause: Error): OutriderError {
  return new OutriderError("UNAVAILABLE", `${url.host} does not answer: ${cause.message}`, {
    subject: url.href,
    cause,
  });
}
