/** Posts receipts to the server that the agent's own configuration names; a redirect is a refusal. */
import { isOutriderError, OutriderError } from "../../../errors/index.ts";
import type { ReceiptSender } from "../../../transport/index.ts";
import {
  askWeb,
  environmentProxies,
  type ChooseProxy,
  type WebAccess,
} from "../../../transport/web/index.ts";

/** Where receipts go. */
export interface HttpReceiptSenderOptions extends WebAccess {
  /** The server's URL, ending in a slash. */
  readonly url: string;
  /** Deadline of one receipt, milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
  /** Default: as the environment says. */
  readonly proxies?: ChooseProxy;
}

/** What an Outrider server answers to a message that it refuses (`statusOf`), too large or of another kind included. */
const refusals = [400, 403, 409, 413, 415, 422];

/** Sends receipts by HTTP. @throws CONFIG_INVALID for a URL that is none, or a proxy that is none */
export function httpReceiptSender({
  url,
  timeoutMs = 30_000,
  proxies = environmentProxies(),
  ...access
}: HttpReceiptSenderOptions): ReceiptSender {
  if (!/^https?:.*\/$/.test(url) || !URL.canParse("receipts", url))
    throw new OutriderError(
      "CONFIG_INVALID",
      `${url} is not the URL of a server, with a slash at the end.`,
      { subject: url },
    );
  const address = new URL("receipts", url);
  const target = address.href;
  return {
    name: "http",
    async send(bytes, { signal }) {
      try {
        const answer = await askWeb(address, {
          ...access,
          proxies,
          method: "POST",
          body: bytes,
          headers: { "content-type": "application/vnd.outrider.receipt+json" },
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        answer.destroy();
        const { statusCode = 0 } = answer;
        // What the server itself refuses it would refuse for ever: it has been heard, and that is all. Any other answer
        // comes from what stands in between, or from a server that is about to be set right.
        if (!(statusCode >= 200 && statusCode < 300) && !refusals.includes(statusCode))
          throw new OutriderError("UNAVAILABLE", `${target} answered ${statusCode}.`, {
            subject: target,
          });
      } catch (cause) {
        if (isOutriderError(cause)) throw cause;
        const why = cause instanceof Error ? `: ${cause.message}` : "";
        throw new OutriderError("UNAVAILABLE", `${target} cannot be reached${why}.`, {
          subject: target,
          cause,
        });
      }
    },
  };
}
