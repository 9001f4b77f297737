/**
 * Builds the mail: words for people, the signed document as one base64 part, the archive or a part of it as another.
 *
 * The content is the same for every batch of a letter and is signed once. The same letter for the same recipients gives
 * the same Message-ID and boundaries, so that a mail that is sent again after "dot sent, answer not seen" is the same
 * mail (THREATS 2.2). No content is ever a path or URL to nodemailer (S12).
 */
import type { Readable } from "node:stream";
import MimeNode from "nodemailer/lib/mime-node";
import { sha256Hex } from "../../../signing/index.ts";
import type { MailAddress } from "../../../transport/index.ts";
import { streamOfMail, unreadable, UnreadableContent } from "./content.ts";
import { linesOf, ownFields, setCommonFields, withoutOwnFields, type OwnField } from "./header.ts";
import type { Enclosure, Letter } from "./letter.ts";
import { signedBody, signedRoot, type PartSigner } from "./pgp-mime.ts";

/** What stays the same for every message of a sender. */
export interface MessageMaker {
  readonly from: MailAddress;
  readonly sign: PartSigner | undefined;
  /** Where people say that they want no more of it: `https:` or `mailto:` (RFC 2369, 8058). */
  readonly unsubscribe: string | undefined;
  readonly now: () => Date;
}

/** The content of a letter's mails. */
export interface MailContent {
  readonly letter: Letter;
  /** A mail with these fields, to be streamed. */
  readonly mail: (fields: readonly OwnField[]) => Readable;
}

/** A mail that can be streamed as often as it is tried. */
export interface Message {
  readonly messageId: string;
  /** What carriers give back with their reports (RFC 3461 4.4, ENVID). */
  readonly reference: string | undefined;
  open(): Readable;
}

const refuseReferences = { disableFileAccess: true, disableUrlAccess: true } as const;

/** Makes, and signs, what all mails of a letter carry. @throws KEY_PASSPHRASE, KEY_SOURCE, FILE_UNREADABLE */
export async function makeContent(maker: MessageMaker, letter: Letter): Promise<MailContent> {
  const seed = sha256Hex(JSON.stringify(letter.identity)).slice(0, 24);
  const fill = (node: MimeNode): MimeNode => fillContent(node, letter);
  if (maker.sign === undefined) return { letter, mail: unsigned };
  // Built as somebody's child, so that it gets no Date and Message-ID of its own.
  const part = emptyNode(`${seed}i`).createChild("multipart/mixed", refuseReferences);
  const built = await fill(part)
    .build()
    .catch((error: unknown) => {
      throw error instanceof UnreadableContent ? unreadable(error) : error;
    });
  const signed = await maker.sign(built);
  const body = await signedBody(signed, seed);
  const header = withoutOwnFields(
    setCommonFields(signedRoot(signed, seed), letter, maker).buildHeaders(),
  );
  return { letter, mail: (fields) => streamOfMail(Buffer.from(linesOf(fields) + header), body) };

  function unsigned(fields: readonly OwnField[]): Readable {
    return setCommonFields(fill(emptyNode(seed)), letter, maker)
      .setHeader(fields.map(([key, value]) => ({ key, value })))
      .createReadStream();
  }
}

/** Makes the one mail for all recipients of a batch. */
export function makeMessage(
  { from, now }: MessageMaker,
  { letter, mail }: MailContent,
  recipients: readonly MailAddress[],
): Message {
  const { reference } = letter.addressed;
  const seed = sha256Hex(JSON.stringify([...letter.identity, recipients.map(({ text }) => text)]));
  const mark = reference === undefined ? "" : `.${reference}`;
  const messageId = `<${seed.slice(0, 24)}${mark}@${from.domain}>`;
  const fields = ownFields(recipients, now(), messageId);
  return { messageId, reference, open: () => mail(fields) };
}

function emptyNode(boundary: string): MimeNode {
  const names = { baseBoundary: boundary, boundaryPrefix: "outrider" };
  return new MimeNode("multipart/mixed", { ...refuseReferences, ...names });
}

function fillContent(node: MimeNode, { text, document, trust, archive }: Letter): MimeNode {
  const words = node.createChild("multipart/alternative", refuseReferences);
  for (const [type, content] of [
    ["text/plain", text.plain],
    ["text/html", text.html],
  ] as const)
    words
      .createChild(`${type}; charset=utf-8`, refuseReferences)
      .setHeader("Content-Transfer-Encoding", "quoted-printable")
      .setContent(content);
  for (const enclosure of [document, trust, archive])
    if (enclosure !== undefined) enclose(node, enclosure);
  return node;
}

function enclose(node: MimeNode, { mediaType, fileName, open }: Enclosure): void {
  node
    .createChild(mediaType, { ...refuseReferences, filename: fileName })
    .setHeader("Content-Transfer-Encoding", "base64")
    .setContent(open());
}
