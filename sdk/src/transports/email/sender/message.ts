/**
 * Builds the mail: a text for people, the signed document as one base64 part, the archive as another.
 *
 * The content is the same for every batch of a delivery and is signed once. The same delivery for the same recipients
 * gives the same Message-ID and boundaries, so that a mail that is sent again after "dot sent, answer not seen" is the
 * same mail (THREATS 2.2). No content is ever a path or URL to nodemailer (S12).
 */
import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import MimeNode from "nodemailer/lib/mime-node";
import { OutriderError } from "../../../errors/index.ts";
import type { FileSystem } from "../../../ports/index.ts";
import type { Delivery } from "../../../transport/index.ts";
import type { MailAddress } from "../../../transport/mail-address.ts";
import { documentHeader, documentMediaType, packageMediaType } from "../wire.ts";
import { streamOf, streamOfFile } from "./content.ts";
import { signedPart, type PartSigner } from "./pgp-mime.ts";
import { bodyText, printable, subjectLine } from "./text.ts";

/** What stays the same for every message of a sender. */
export interface MessageMaker {
  readonly from: MailAddress;
  readonly fileSystem: FileSystem;
  readonly sign: PartSigner | undefined;
  readonly now: () => Date;
}

/** The content of a delivery's mails. */
export interface MailContent {
  readonly delivery: Delivery;
  /** `notification/1` or `control/1`. */
  readonly documentType: string;
  /** A new tree of the parts; only the mail's own header is still to be set. */
  newTree(): MimeNode;
}

/** A mail that can be streamed as often as it is tried. */
export interface Message {
  readonly messageId: string;
  open(): Readable;
}

const refuseReferences = { disableFileAccess: true, disableUrlAccess: true } as const;

/** Makes, and signs, what all mails of a delivery carry. @throws DOCUMENT_INVALID, KEY_PASSPHRASE, KEY_SOURCE */
export async function makeContent(maker: MessageMaker, delivery: Delivery): Promise<MailContent> {
  const documentType = documentTypeOf(delivery);
  const seed = digest(delivery.id).slice(0, 24);
  const fill = (node: MimeNode): MimeNode => fillContent(node, maker, delivery, documentType);
  if (maker.sign === undefined)
    return { delivery, documentType, newTree: () => fill(emptyNode(seed)) };
  // Built as somebody's child, so that it gets no Date and Message-ID of its own.
  const part = emptyNode(`${seed}i`).createChild("multipart/mixed", refuseReferences);
  const signed = await maker.sign(await fill(part).build());
  return { delivery, documentType, newTree: () => signedPart(signed, seed) };
}

/** Makes the one mail for all recipients of a batch. */
export function makeMessage(
  { from, now }: MessageMaker,
  content: MailContent,
  recipients: readonly MailAddress[],
): Message {
  const { delivery, documentType } = content;
  const seed = digest(JSON.stringify([delivery.id, recipients.map(({ text }) => text)]));
  const messageId = `<${seed.slice(0, 40)}@${from.domain}>`;
  const date = now();
  return {
    messageId,
    open: () =>
      content
        .newTree()
        .setHeader([
          { key: "From", value: { address: from.text } },
          { key: "To", value: addressedTo(recipients) },
          { key: "Subject", value: subjectLine(delivery) },
          { key: "Date", value: date },
          { key: "Message-ID", value: messageId },
          { key: "Auto-Submitted", value: "auto-generated" }, // RFC 3834: no vacation reply comes back
          { key: documentHeader, value: documentType },
        ])
        .createReadStream(),
  };
}

/** One recipient is named; of several none learns of the others. */
function addressedTo(recipients: readonly MailAddress[]): string | { readonly address: string } {
  const [only, ...others] = recipients;
  const named = only !== undefined && others.length === 0;
  return named ? { address: only.text } : "undisclosed-recipients:;";
}

function emptyNode(boundary: string): MimeNode {
  const names = { baseBoundary: boundary, boundaryPrefix: "outrider" };
  return new MimeNode("multipart/mixed", { ...refuseReferences, ...names });
}

function fillContent(
  node: MimeNode,
  maker: MessageMaker,
  delivery: Delivery,
  documentType: string,
): MimeNode {
  node
    .createChild("text/plain; charset=utf-8", refuseReferences)
    .setHeader("Content-Transfer-Encoding", "quoted-printable")
    .setContent(bodyText(delivery, maker.from.text));
  node
    .createChild(documentMediaType(documentType), {
      ...refuseReferences,
      filename: "notification.outrider.json",
    })
    .setHeader("Content-Transfer-Encoding", "base64")
    .setContent(streamOf(delivery.envelope));
  if (delivery.attachment !== undefined)
    node
      .createChild(packageMediaType, { ...refuseReferences, filename: attachmentName(delivery) })
      .setHeader("Content-Transfer-Encoding", "base64")
      .setContent(streamOfFile(maker.fileSystem, delivery.attachment));
  return node;
}

function attachmentName({ summary }: Delivery): string {
  const name = `${printable(summary.packageName)}-${printable(summary.version)}.outrider`;
  return name.replaceAll(/[^A-Za-z0-9._+-]/g, "_");
}

/** As the envelope's first bytes say. */
function documentTypeOf({ envelope, id }: Delivery): string {
  const start = Buffer.from(envelope.subarray(0, 60)).toString("latin1");
  const type = /^\{"outrider":"([a-z]{1,20}\/[0-9]{1,3})",/.exec(start)?.[1];
  if (type !== undefined) return type;
  throw new OutriderError(
    "DOCUMENT_INVALID",
    `Delivery ${id} carries no envelope of Outrider; nothing was sent.`,
    { subject: id },
  );
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
