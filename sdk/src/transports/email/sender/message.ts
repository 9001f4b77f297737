/**
 * Builds the mail: a text for people, the signed document as one base64 part, the archive as another.
 *
 * The same delivery for the same recipients gives the same Message-ID and boundaries, so that a mail that is sent again
 * after "dot sent, answer not seen" is the same mail (THREATS 2.2). No content is ever a path or URL to nodemailer (S12).
 */
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import MimeNode from "nodemailer/lib/mime-node";
import { OutriderError } from "../../../errors/index.ts";
import type { FileSystem } from "../../../ports/index.ts";
import type { Delivery } from "../../../transport/index.ts";
import type { MailAddress } from "../address.ts";
import { documentHeader, documentMediaType, packageMediaType } from "../wire.ts";
import { signedPart, type PartSigner } from "./pgp-mime.ts";
import { bodyText, printable, subjectLine } from "./text.ts";

/** What stays the same for every message of a sender. */
export interface MessageMaker {
  readonly from: MailAddress;
  readonly fileSystem: FileSystem;
  readonly sign: PartSigner | undefined;
  readonly now: () => Date;
}

/** A message that can be streamed as often as it is tried. */
export interface Message {
  readonly messageId: string;
  open(): Promise<Readable>;
}

const refuseReferences = { disableFileAccess: true, disableUrlAccess: true } as const;

/** Makes the one message for all recipients of a batch; its signature, if any, is made once. */
export async function makeMessage(
  maker: MessageMaker,
  delivery: Delivery,
  recipients: readonly MailAddress[],
): Promise<Message> {
  const seed = createHash("sha256")
    .update(JSON.stringify([delivery.id, recipients.map(({ text }) => text)]))
    .digest("hex");
  const messageId = `<${seed.slice(0, 40)}@${maker.from.domain}>`;
  const date = maker.now();
  const signed =
    maker.sign === undefined
      ? undefined
      : await maker.sign(await buildContent(maker, delivery, `${seed.slice(0, 24)}i`));
  return {
    messageId,
    async open() {
      const root =
        signed === undefined
          ? fillContent(emptyNode(seed.slice(0, 24)), maker, delivery)
          : signedPart(signed, seed.slice(0, 24));
      root.setHeader([
        { key: "From", value: { address: maker.from.text } },
        { key: "To", value: addressedTo(recipients) },
        { key: "Subject", value: subjectLine(delivery) },
        { key: "Date", value: date },
        { key: "Message-ID", value: messageId },
        { key: "Auto-Submitted", value: "auto-generated" }, // RFC 3834: no vacation reply comes back
        { key: documentHeader, value: documentType(delivery) },
      ]);
      return root.createReadStream();
    },
  };
}

/** One recipient is named; of several none learns of the others. */
function addressedTo(
  recipients: readonly MailAddress[],
): { readonly address: string } | { readonly name: string; readonly group: [] } {
  const [only, ...others] = recipients;
  if (only !== undefined && others.length === 0) return { address: only.text };
  return { name: "undisclosed-recipients", group: [] };
}

function emptyNode(boundary: string): MimeNode {
  return new MimeNode("multipart/mixed", {
    ...refuseReferences,
    baseBoundary: boundary,
    boundaryPrefix: "outrider",
  });
}

function fillContent(node: MimeNode, maker: MessageMaker, delivery: Delivery): MimeNode {
  node
    .createChild("text/plain; charset=utf-8", refuseReferences)
    .setHeader("Content-Transfer-Encoding", "quoted-printable")
    .setContent(bodyText(delivery, maker.from.text));
  node
    .createChild(documentMediaType(documentType(delivery)), {
      ...refuseReferences,
      filename: "notification.outrider.json",
    })
    .setHeader("Content-Transfer-Encoding", "base64")
    .setContent(Buffer.from(delivery.envelope));
  if (delivery.attachment !== undefined)
    node
      .createChild(packageMediaType, { ...refuseReferences, filename: attachmentName(delivery) })
      .setHeader("Content-Transfer-Encoding", "base64")
      .setContent(
        Readable.from(readExactly(maker.fileSystem, delivery.attachment), { objectMode: false }),
      );
  return node;
}

/** The content as a part: built as somebody's child, so that it gets no Date and Message-ID of its own. */
async function buildContent(
  maker: MessageMaker,
  delivery: Delivery,
  boundary: string,
): Promise<Buffer> {
  const part = emptyNode(boundary).createChild("multipart/mixed", refuseReferences);
  return fillContent(part, maker, delivery).build();
}

function attachmentName({ summary }: Delivery): string {
  return `${printable(summary.packageName)}-${printable(summary.version)}.outrider`.replaceAll(
    /[^A-Za-z0-9._+-]/g,
    "_",
  );
}

/** `notification/1` or `control/1`, as the envelope's first bytes say. */
function documentType({ envelope, id }: Delivery): string {
  const type = /^\{"outrider":"([a-z]{1,20}\/[0-9]{1,3})",/.exec(
    Buffer.from(envelope.subarray(0, 60)).toString("latin1"),
  )?.[1];
  if (type === undefined)
    throw new OutriderError(
      "DOCUMENT_INVALID",
      `Delivery ${id} carries no envelope of Outrider; nothing was sent.`,
      { subject: id },
    );
  return type;
}

async function* readExactly(
  fileSystem: FileSystem,
  { path, size }: { readonly path: string; readonly size: number },
): AsyncGenerator<Uint8Array> {
  const handle = await fileSystem.open(path, "read");
  try {
    for (let position = 0; position < size;) {
      const buffer = Buffer.alloc(Math.min(48 * 1024, size - position)); // a new one: streams keep what they are given
      const count = await handle.read(buffer, position);
      if (count === 0)
        throw new OutriderError(
          "FILE_UNREADABLE",
          `${path} ended after ${position} of ${size} bytes.`,
          { subject: path },
        );
      position += count;
      yield buffer.subarray(0, count);
    }
  } finally {
    await handle.close();
  }
}
