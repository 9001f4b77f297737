/**
 * The mail of one receipt: plain text for a person who opens it, and the signed receipt as its own base64 part. The same
 * receipt gives the same octets but for the date, and the same Message-ID, however often it has to be sent.
 */
import { createHash } from "node:crypto";
import type { MailAddress } from "../../../transport/index.ts";
import { documentHeader, documentMediaType } from "../wire.ts";

/** Who writes to whom. */
export interface ReceiptMail {
  readonly from: MailAddress;
  readonly to: MailAddress;
  readonly date: Date;
}

/** The mail, and its Message-ID. */
export function writeReceiptMail(
  receipt: Uint8Array,
  { from, to, date }: ReceiptMail,
): { readonly messageId: string; readonly bytes: Buffer } {
  const name = createHash("sha256").update(receipt).digest("hex").slice(0, 40);
  const messageId = `<${name}@${from.domain}>`;
  const boundary = `outrider-${name}`; // cannot stand in base64, nor in the text below
  const lines = [
    `From: ${from.text}`,
    `To: ${to.text}`,
    "Subject: Outrider receipt",
    `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: ${messageId}`,
    "Auto-Submitted: auto-generated", // RFC 3834: nobody's vacation program answers
    `${documentHeader}: receipt/1`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    "Content-Type: text/plain; charset=us-ascii",
    "",
    "A machine reports what became of a deployment. The report is attached, signed,",
    "and meant for the deployment server. There is nothing to do.",
    `--${boundary}`,
    `Content-Type: ${documentMediaType("receipt/1")}`,
    "Content-Transfer-Encoding: base64",
    'Content-Disposition: attachment; filename="receipt.outrider.json"',
    "",
    ...(Buffer.from(receipt)
      .toString("base64")
      .match(/.{1,76}/g) ?? []),
    `--${boundary}--`,
    "",
  ];
  return { messageId, bytes: Buffer.from(lines.join("\r\n"), "latin1") };
}
