/**
 * What a mail says and encloses, before it is one: a signed document with or without its archive, or one numbered part
 * of an archive. What makes two mails the same mail is its identity, from which the Message-ID comes (THREATS 2.2).
 */
import type { Readable } from "node:stream";
import { OutriderError } from "../../../errors/index.ts";
import type { FileSystem } from "../../../ports/index.ts";
import type { Addressed, Delivery, PartDelivery } from "../../../transport/index.ts";
import {
  documentMediaType,
  packageMediaType,
  partDocument,
  partFileName,
  partMediaType,
  trustMediaType,
} from "../wire.ts";
import { streamOf, streamOfFile } from "./content.ts";
import { documentText, partText, printable, type LetterText } from "./text.ts";

/** A part of the mail that is not for people. */
export interface Enclosure {
  readonly mediaType: string;
  readonly fileName: string;
  /** Its octets; as often as it is tried. Fails with UnreadableContent. */
  readonly open: () => Readable;
}

/** A mail to be. */
export interface Letter {
  /** For messages to people. */
  readonly subject: string;
  /** Alike for the same thing sent again, and for nothing else. */
  readonly identity: readonly (string | number)[];
  /** Value of the pre-established field. */
  readonly marking: string;
  readonly addressed: Addressed;
  readonly text: LetterText;
  readonly document?: Enclosure;
  /** Trust documents that come along. */
  readonly trust?: Enclosure;
  /** The archive or a part of it: what is sealed for agents that have a key. */
  readonly archive?: Enclosure;
}

const lineEnd = Buffer.from("\n");

/** A notification or control, and the archive if it goes inside. @throws DOCUMENT_INVALID */
export function letterOf(delivery: Delivery, from: string, fileSystem: FileSystem): Letter {
  const marking = documentTypeOf(delivery);
  const { attachment, trust = [] } = delivery;
  return {
    subject: `delivery ${delivery.id}`,
    identity: [delivery.id],
    marking,
    addressed: delivery,
    text: documentText(delivery, from),
    document: {
      mediaType: documentMediaType(marking),
      fileName: "notification.outrider.json",
      open: () => streamOf(delivery.envelope),
    },
    ...(trust.length === 0
      ? {}
      : {
          trust: {
            mediaType: trustMediaType,
            fileName: "trust.outrider.jsonl",
            open: () => streamOf(Buffer.concat(trust.flatMap((each) => [each, lineEnd]))),
          },
        }),
    ...(attachment === undefined
      ? {}
      : {
          archive: {
            mediaType: packageMediaType,
            fileName: `${archiveName(delivery)}.outrider`,
            open: () => streamOfFile(fileSystem, { ...attachment, start: 0 }),
          },
        }),
  };
}

/** One numbered part. */
export function letterOfPart(part: PartDelivery, from: string, fileSystem: FileSystem): Letter {
  const { deployment, archive, number, count, offset, bytes } = part;
  return {
    subject: `part ${number} of ${count} of deployment ${deployment}`,
    identity: [deployment, archive.sha256, number],
    marking: partDocument,
    addressed: part,
    text: partText(part, from),
    archive: {
      mediaType: partMediaType,
      fileName: partFileName(archiveName(part), number, count),
      open: () => streamOfFile(fileSystem, { path: archive.path, start: offset, size: bytes }),
    },
  };
}

function archiveName({ summary }: Addressed): string {
  const name = `${printable(summary.packageName)}-${printable(summary.version)}`;
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
