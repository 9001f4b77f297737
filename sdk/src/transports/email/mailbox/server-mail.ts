/**
 * What the server's mailbox takes, told by the header: documents of Outrider (triggers, controls, receipts), reports on
 * mails that it has sent, and automatic replies to them, which only are put aside. What people or strangers wrote is
 * left as it is. Nothing is ever answered (THREATS N16).
 */
import { isOutriderError } from "../../../errors/index.ts";
import type { FileHandle, Logger } from "../../../ports/index.ts";
import { documents, type MailInterest, type SettledContent } from "../receiver/index.ts";
import { readHeader, type Header } from "../receiver/mime/header.ts";
import type { MailLimits } from "../receiver/mime/limits.ts";
import { Lines } from "../receiver/mime/lines.ts";
import type { MailContent } from "../receiver/mime/read-mail.ts";
import { documentHeader } from "../wire.ts";
import { referenceIn } from "./reference.ts";
import { readReport } from "./report.ts";

/** What a mail is, as its header says. */
export type MailKind = "document" | "report" | "automaticReply" | "foreign";

/** By their own fields (RFC 3834 2, 5), and those that older mail systems use. */
const automatic: readonly (readonly [field: string, value: RegExp])[] = [
  ["auto-submitted", /^auto-(replied|generated|notified)/i],
  ["x-autoreply", /./],
  ["x-autorespond", /./],
  ["x-auto-response-suppress", /./],
  ["precedence", /^(auto_reply|bulk|junk|list)/i],
];

const telling = new RegExp(
  `^(${documentHeader}|Auto-Submitted|X-Autoreply|X-Autorespond)[ \\t]*:|^(Content-Type[ \\t]*:[ \\t]*|[ \\t]+)multipart/report|^Precedence[ \\t]*:[ \\t]*auto_reply`,
  "i",
);

/** Which kind of mail has this header. */
export function kindOf({ fields }: Header): MailKind {
  if (fields.has(documentHeader.toLowerCase())) return "document";
  const type = fields.get("content-type")?.[0] ?? "";
  if (/^multipart\/report\b/i.test(type)) return "report";
  const isAutomatic = automatic.some(([field, value]) =>
    fields.get(field)?.some((each) => value.test(each)),
  );
  return isAutomatic ? "automaticReply" : "foreign";
}

/** The interest of a server's mailbox. */
export function serverMail(logger: Logger): MailInterest {
  return {
    fields: [
      documentHeader,
      "Content-Type",
      "Auto-Submitted",
      "X-Autoreply",
      "X-Autorespond",
      "Precedence",
    ],
    tells: (line) => telling.test(line),
    async read(file, limits, openAttachment) {
      const header = await headerOf(file, limits);
      if (header === undefined) return undefined;
      const kind = kindOf(header);
      if (kind === "document") return documents.read(file, limits, openAttachment);
      if (kind === "report") return readReturned(file, limits);
      return kind === "automaticReply" ? putAside(header, logger) : undefined;
    },
  };
}

/** @returns `undefined` where it is too large to be ours: a stranger's mail is left as it is */
async function headerOf(file: FileHandle, limits: MailLimits): Promise<Header | undefined> {
  try {
    return await readHeader(new Lines(file, limits.maxLineBytes), limits.maxHeaderBytes);
  } catch (error) {
    if (isOutriderError(error)) return undefined;
    throw error;
  }
}

async function readReturned(
  file: FileHandle,
  limits: MailLimits,
): Promise<MailContent | undefined> {
  const report = await readReport(file, limits);
  if (report === undefined) return undefined;
  const { bytes, ...returned } = report;
  return { document: bytes, attachment: undefined, returned };
}

/** A vacation notice in answer to a mail of ours: dealt with by being seen. */
function putAside({ fields }: Header, logger: Logger): SettledContent | undefined {
  const answered = ["in-reply-to", "references"].flatMap((field) => fields.get(field) ?? []);
  const reference = answered.map(referenceIn).find((each) => each !== undefined);
  if (reference === undefined) return undefined;
  logger.log("info", "An automatic reply came back; nothing answers it.", { reference });
  return { settled: "handled" };
}
