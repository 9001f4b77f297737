/** One request, following few redirects, each held to the policy. */
import type { IncomingMessage } from "node:http";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { askWeb, type WebAccess } from "../../transport/web/index.ts";
import { checkUrl, policedLookup, type HttpPolicy } from "./policy.ts";

/** How requests are made. */
export interface RequestOptions {
  readonly policy: HttpPolicy;
  readonly access: WebAccess;
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

/** Asks whether somebody answers; redirects are answers. @throws SOURCE_FORBIDDEN, UNAVAILABLE */
export async function head(url: URL, options: RequestOptions): Promise<IncomingMessage> {
  checkUrl(url, options.policy);
  const answer = await ask(url, {}, options, "HEAD");
  answer.destroy();
  return answer;
}

async function ask(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { policy, access, signal }: RequestOptions,
  method: "GET" | "HEAD" = "GET",
): Promise<IncomingMessage> {
  try {
    const lookup = policedLookup(policy);
    return await askWeb(url, { ...access, method, headers, lookup, signal });
  } catch (error) {
    throw isOutriderError(error) ? error : unavailable(url, error);
  }
}

function unavailable(url: URL, cause: unknown): OutriderError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new OutriderError("UNAVAILABLE", `${url.host} does not answer: ${why}`, {
    subject: url.href,
    cause,
  });
}
