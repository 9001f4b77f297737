/**
 * The mail that brings one signed document to the server's mailbox: plain text for a person who opens it, and the
 * document as its own base64 part. The same document gives the same octets but for the date, and the same Message-ID,
 * however often it has to be sent.
 */
import { sha256Hex } from "../../signing/index.ts";
import type { MailAddress } from "../../transport/index.ts";
import { documentHeader, documentMediaType } from "./wire.ts";

/** Who writes to whom. */
export interface DocumentMail {
  readonly from: MailAddress;
  readonly to: MailAddress;
  readonly date: Date;
}

/** What is brought, and how people are told of it. */
export interface MailedKind {
  readonly type: "receipt/1" | "trigger/1";
  /** One word. */
  readonly name: string;
  /** Lines of plain ASCII. */
  readonly words: readonly string[];
}

/** The mail, and its Message-ID. */
export function writeDocumentMail(
  document: Uint8Array,
  { type, name, words }: MailedKind,
  { from, to, date }: DocumentMail,
): { readonly messageId: string; readonly bytes: Buffer } {
  const digest = sha256Hex(document).slice(0, 40);
  const messageId = `<${digest}@${from.domain}>`;
  const boundary = `outrider-${digest}`; // cannot stand in base64, nor in the text below
  const lines = [
    `From: ${from.text}`,
    `To: ${to.text}`,
    `Subject: Outrider ${name}`,
    `Date: ${date.toUTCString().replace("GMT", "+0000")}`,
    `Message-ID: ${messageId}`,
    "Auto-Submitted: auto-generated", // RFC 3834: nobody's vacation program answers
    `${documentHeader}: ${type}`,
    "MIME-Version: 1.0",
    `Content-Type: multipart/mixed; boundary="${boundary}"`,
    "",
    `--${boundary}`,
    "Content-Type: text/plain; charset=us-ascii",
    "",
    ...words,
    `--${boundary}`,
    `Content-Type: ${documentMediaType(type)}`,
    "Content-Transfer-Encoding: base64",
    `Content-Disposition: attachment; filename="${name}.outrider.json"`,
    "",
    ...(Buffer.from(document)
      .toString("base64")
      .match(/.{1,76}/g) ?? []),
    `--${boundary}--`,
    "",
  ];
  return { messageId, bytes: Buffer.from(lines.join("\r\n"), "latin1") };
}
