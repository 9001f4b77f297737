/** Posts receipts to the server that the agent's own configuration names; a redirect is a refusal. */
import { isOutriderError, OutriderError } from "../../../errors/index.ts";
import type { ReceiptSender } from "../../../transport/index.ts";

/** Where receipts go. */
export interface HttpReceiptSenderOptions {
  /** The server's URL, ending in a slash. */
  readonly url: string;
  /** Deadline of one receipt, milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
}

/** Sends receipts by HTTP. @throws CONFIG_INVALID for a URL that is none */
export function httpReceiptSender({
  url,
  timeoutMs = 30_000,
}: HttpReceiptSenderOptions): ReceiptSender {
  if (!URL.canParse("receipts", url))
    throw new OutriderError("CONFIG_INVALID", `${url} is not a URL for receipts.`, {
      subject: url,
    });
  const target = new URL("receipts", url).href;
  return {
    name: "http",
    async send(bytes, { signal }) {
      try {
        const response = await fetch(target, {
          method: "POST",
          body: Buffer.from(bytes),
          headers: { "content-type": "application/vnd.outrider.receipt+json" },
          redirect: "error",
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
        });
        await response.body?.cancel();
        // A receipt that the server refuses would be refused for ever: it has been heard, and that is all.
        if (response.status >= 500 || response.status === 408 || response.status === 429)
          throw new OutriderError("UNAVAILABLE", `${target} answered ${response.status}.`, {
            subject: target,
          });
      } catch (cause) {
        if (isOutriderError(cause)) throw cause;
        throw new OutriderError("UNAVAILABLE", `${target} does not take receipts now.`, {
          subject: target,
          cause,
        });
      }
    },
  };
}
