/**
 * Reads what a mail system reports of a mail (RFC 3464, in a multipart/report of RFC 6522): which mail it was, and what
 * became of each recipient. Reports are not signed; which mail is meant is told by the reference in its Message-ID, and
 * by the envelope id where the relays carried it on (RFC 3461 4.4). Both are there and differ: the report is refused.
 */
import type { FileHandle } from "../../../ports/index.ts";
import type { ReturnedMail, ReturnedRecipient } from "../../../transport/index.ts";
import { Boundaries } from "../receiver/mime/boundaries.ts";
import { decoderFor } from "../receiver/mime/decode.ts";
import { contentType, readHeader, transferEncoding } from "../receiver/mime/header.ts";
import { ambiguous, tooMuch, type MailLimits } from "../receiver/mime/limits.ts";
import { Lines } from "../receiver/mime/lines.ts";
import { referenceIn } from "./reference.ts";

/** A report, and its machine-readable part as it came. */
export interface Report extends ReturnedMail {
  readonly bytes: Uint8Array;
}

const statusTypes = new Set(["message/delivery-status", "message/global-delivery-status"]);
const returnedTypes = new Set([
  "message/rfc822",
  "message/global",
  "text/rfc822-headers",
  "message/global-headers",
]);
const maxStatusChars = 256 * 1024;
const maxRecipients = 1000;

/**
 * Reads a report.
 *
 * @returns `undefined` where it is about no mail of ours.
 * @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT
 */
export async function readReport(
  file: FileHandle,
  limits: MailLimits,
): Promise<Report | undefined> {
  const { status, returned } = await readPartsOf(new Lines(file, limits.maxLineBytes), limits);
  if (status === undefined) return undefined;
  const [message = new Map<string, string>(), ...blocks] = blocksOf(status);
  const known = [
    message.get("original-envelope-id"),
    referenceIn(returned.get("message-id") ?? ""),
  ].filter((each) => each !== undefined);
  const [reference, ...others] = new Set(known);
  if (reference === undefined) return undefined;
  if (others.length > 0) throw ambiguous("its envelope id and its Message-ID name different mails");
  if (blocks.length > maxRecipients) throw tooMuch(`it reports on more than ${maxRecipients}`);
  const recipients = blocks.flatMap((block) => recipientOf(block) ?? []);
  return { reference, recipients, bytes: Buffer.from(status, "latin1") };
}

interface ReportParts {
  readonly status: string | undefined;
  /** Header of the mail that is reported on. */
  readonly returned: ReadonlyMap<string, string>;
}

async function readPartsOf(lines: Lines, limits: MailLimits): Promise<ReportParts> {
  const top = contentType(await readHeader(lines, limits.maxHeaderBytes));
  const boundaries = new Boundaries();
  boundaries.push(top.parameters.get("boundary"));
  let status: string | undefined;
  let returned: ReadonlyMap<string, string> | undefined;
  let isOver = await skipTo(lines, boundaries);
  for (let child = 0; !isOver; child++) {
    if (child >= limits.maxParts) throw tooMuch(`it has more than ${limits.maxParts} parts`);
    const header = await readHeader(lines, limits.maxHeaderBytes);
    const type = contentType(header).value;
    const isStatus = statusTypes.has(type);
    if (!isStatus && !returnedTypes.has(type)) {
      isOver = await skipTo(lines, boundaries);
      continue;
    }
    if (isStatus ? status !== undefined : returned !== undefined)
      throw ambiguous(`it has two parts of the type ${type}`);
    const part = await readText(lines, boundaries, transferEncoding(header));
    isOver = part.isLast;
    if (isStatus) status = part.text;
    else returned = blocksOf(part.text)[0];
  }
  return { status, returned: returned ?? new Map() };
}

/** To the next delimiter. @returns whether it was the last */
async function skipTo(lines: Lines, boundaries: Boundaries): Promise<boolean> {
  for (;;) {
    const line = await lines.next();
    if (line === undefined) return true;
    const delimiter = boundaries.match(line);
    if (delimiter !== undefined) return delimiter.closing;
  }
}

/** The start of a part, decoded; as much as a report may have. */
async function readText(
  lines: Lines,
  boundaries: Boundaries,
  encoding: string,
): Promise<{ readonly text: string; readonly isLast: boolean }> {
  const decoder = decoderFor(encoding);
  if (decoder === undefined) throw ambiguous(`a part has the transfer encoding ${encoding}`);
  let text = "";
  const take = (piece: Uint8Array): void => {
    if (text.length < maxStatusChars) text += Buffer.from(piece).toString("latin1");
  };
  for (;;) {
    const line = await lines.next();
    const delimiter = line === undefined ? { closing: true } : boundaries.match(line);
    if (delimiter !== undefined) {
      take(decoder.end());
      return { text, isLast: delimiter.closing };
    }
    if (line !== undefined) take(decoder.push(line));
  }
}

/** Groups of fields between empty lines, unfolded; a field that stands twice keeps its first value. */
function blocksOf(text: string): ReadonlyMap<string, string>[] {
  const blocks: Map<string, string>[] = [];
  let block: Map<string, string> | undefined;
  for (const line of text.replaceAll(/\r?\n[ \t]+/g, " ").split(/\r?\n/)) {
    if (line.trim() === "") {
      block = undefined;
      continue;
    }
    if (block === undefined) blocks.push((block = new Map()));
    const [, name, value = ""] = /^([!-9;-~]{1,76}):[ \t]*(.*)$/.exec(line) ?? [];
    if (name !== undefined && !block.has(name.toLowerCase()))
      block.set(name.toLowerCase(), value.trim());
  }
  return blocks;
}

const actions = ["failed", "delayed", "delivered", "relayed", "expanded"] as const;

function recipientOf(fields: ReadonlyMap<string, string>): ReturnedRecipient | undefined {
  const written = fields.get("original-recipient") ?? fields.get("final-recipient") ?? "";
  const address = /^(?:rfc822|utf-8)[ \t]*;[ \t]*<?([^\s<>]{3,320}?)>?$/i.exec(written)?.[1];
  const said = (fields.get("action") ?? "").toLowerCase();
  const action = actions.find((each) => said === each || said.startsWith(`${each} `));
  if (address === undefined || action === undefined) return undefined;
  const status = /^[245]\.\d{1,3}\.\d{1,3}/.exec(fields.get("status") ?? "")?.[0] ?? "";
  const words = (fields.get("diagnostic-code") ?? "").replace(/^[\w-]+[ \t]*;[ \t]*/, "");
  return { address, action, status, detail: printable(words === "" ? said : words) };
}

/** A carrier's words, for people: one line of plain characters. */
function printable(text: string): string {
  return text.replaceAll(/[^ -~]/g, "?").slice(0, 500);
}
