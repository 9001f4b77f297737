/**
 * Receipts by mail: an agent's way back where there is neither HTTP nor a share. The return path is empty unless told
 * otherwise, so that a receipt that cannot be delivered makes no mail at all.
 */
import type { ReceiptSender } from "../../../transport/index.ts";
import type { MailedKind } from "../document-mail.ts";
import { openPost, type PostOptions } from "../post.ts";

/** Where receipts go, and by which relay. */
export interface EmailReceiptSenderOptions extends Omit<PostOptions, "bounces"> {
  /** Where the mail system reports that it could not deliver: nowhere, or to `from`. Default `none`. */
  readonly bounces?: PostOptions["bounces"];
}

const receipt: MailedKind = {
  type: "receipt/1",
  name: "receipt",
  words: [
    "A machine reports what became of a deployment. The report is attached, signed,",
    "and meant for the deployment server. There is nothing to do.",
  ],
};

/** Sends receipts by mail. @throws ADDRESS_INVALID; CONFIG_INVALID for mail without TLS to another machine */
export function emailReceiptSender(options: EmailReceiptSenderOptions): ReceiptSender {
  return { name: "email", send: openPost(receipt, { bounces: "none", ...options }) };
}
