/**
 * A mail's header. What is the same in every mail of a letter is built once; whom it goes to, its date and its
 * Message-ID are each mail's own, and plain ASCII by the grammars they come from (`parseAddress`, digests), so that
 * nothing in them needs encoding or ends a line.
 */
import type MimeNode from "nodemailer/lib/mime-node";
import type { MailAddress } from "../../../transport/index.ts";
import { documentHeader } from "../wire.ts";
import type { Letter } from "./letter.ts";

/** A field of a mail's own. */
export type OwnField = readonly [name: "To" | "Date" | "Message-ID", value: string];

/** The fields of one mail. */
export function ownFields(
  recipients: readonly MailAddress[],
  date: Date,
  messageId: string,
): readonly OwnField[] {
  return [
    ["To", addressedTo(recipients)],
    ["Date", date.toUTCString().replace("GMT", "+0000")],
    ["Message-ID", messageId],
  ];
}

/** Sets what all mails of a letter have. */
export function setCommonFields(
  node: MimeNode,
  letter: Letter,
  options: { readonly from: MailAddress; readonly unsubscribe: string | undefined },
): MimeNode {
  const { from, unsubscribe } = options;
  const listFields =
    unsubscribe === undefined ? [] : [{ key: "List-Unsubscribe", value: `<${unsubscribe}>` }];
  return node.setHeader([
    { key: "From", value: { address: from.text } },
    { key: "Subject", value: letter.text.subjectLine },
    // No vacation reply comes back (RFC 3834; the last for Exchange, [MS-OXCMAIL] 2.2.3.2.14).
    { key: "Auto-Submitted", value: "auto-generated" },
    { key: "Precedence", value: "bulk" },
    { key: "X-Auto-Response-Suppress", value: "All" },
    ...listFields,
    { key: documentHeader, value: letter.marking },
  ]);
}

/** A built header without the fields that nodemailer adds and that are each mail's own. */
export function withoutOwnFields(built: string): string {
  return built
    .split(/\r\n(?![ \t])/)
    .filter((field) => !/^(?:date|message-id):/i.test(field))
    .join("\r\n");
}

/** The lines of own fields, before those that all mails share. */
export function linesOf(fields: readonly OwnField[]): string {
  return fields.map(([name, value]) => `${name}: ${value}\r\n`).join("");
}

/** One recipient is named; of several none learns of the others. */
function addressedTo(recipients: readonly MailAddress[]): string {
  const [only, ...others] = recipients;
  const named = only !== undefined && others.length === 0;
  return named ? only.text : "undisclosed-recipients:;";
}
