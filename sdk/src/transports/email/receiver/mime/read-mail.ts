/**
 * Reads what Outrider needs of a mail, and refuses it as a whole where it could be read in another way (THREATS N2, N3,
 * N6).
 *
 * - Ours is only what says so in its header; of anything else not a line more is read (Fig. 4, step 83).
 * - Exactly one document, with at most one archive and one chain of trust documents, or exactly one part of an archive:
 *   below multipart/mixed, or first in multipart/signed (so a list's footer harms nothing), nowhere else. Nested and
 *   forwarded messages are opaque.
 * - The archive goes to a private file as it is decoded; nothing large is held in memory.
 */
import { isOutriderError } from "../../../../errors/index.ts";
import type { FileHandle } from "../../../../ports/index.ts";
import type { Attachment, ReturnedMail } from "../../../../transport/index.ts";
import {
  documentHeader,
  documentPart,
  packageMediaType,
  partDocument,
  partMediaType,
  sealedMediaType,
  trustMediaType,
} from "../../wire.ts";
import { Boundaries, type Delimiter } from "./boundaries.ts";
import { decoderFor } from "./decode.ts";
import {
  contentType,
  readHeader,
  single,
  structured,
  transferEncoding,
  type Header,
} from "./header.ts";
import { ambiguous, tooMuch, type MailLimits } from "./limits.ts";
import { Lines } from "./lines.ts";

/** What was in it; nothing of it is believed. */
export interface MailContent {
  readonly document: Uint8Array;
  /** `trust/1` envelopes that came along, oldest first. */
  readonly trust?: readonly Uint8Array[];
  readonly attachment: Attachment | undefined;
  /** An archive inside an OpenPGP message, instead of a plain one. */
  readonly sealed?: Attachment;
  /** A report on a mail of the server's own; then the document is its machine-readable part. */
  readonly returned?: ReturnedMail;
}

declare const recognizedMail: unique symbol;

/** A mail that says it is ours, read to the end of its header. Made only by {@link recognizeMail}. */
export interface RecognizedMail {
  readonly [recognizedMail]: true;
  /** As its header says: `notification/1`, or `part/1` for a part of an archive. */
  readonly documentType: string;
  readonly header: Header;
  readonly lines: Lines;
  readonly limits: MailLimits;
}

/** Where something decoded goes. */
export interface Sink<Result> {
  /** The bytes are the writer's again when it has resolved. */
  write(bytes: Uint8Array): Promise<void>;
  /** It is complete. */
  close(): Promise<Result>;
  /** It is refused. */
  discard(): Promise<void>;
}

/** Where a decoded archive goes. */
export type AttachmentSink = Sink<Attachment>;

/**
 * Reads a mail that brings a document.
 *
 * @returns `undefined` if it is not ours, or brings only a part of an archive.
 * @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT
 */
export async function readMail(
  file: FileHandle,
  limits: MailLimits,
  openAttachment: () => Promise<AttachmentSink>,
): Promise<MailContent | undefined> {
  const mail = await recognizeMail(file, limits);
  if (mail === undefined || mail.documentType === partDocument) return undefined;
  return readDocument(mail, openAttachment);
}

/**
 * Reads the header only.
 *
 * @returns `undefined` if it is not ours.
 * @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT
 */
export async function recognizeMail(
  file: FileHandle,
  limits: MailLimits,
): Promise<RecognizedMail | undefined> {
  const lines = new Lines(file, limits.maxLineBytes);
  const header = await recognized(lines, limits.maxHeaderBytes);
  if (header === undefined) return undefined;
  const { size } = await file.stat();
  if (size > limits.maxMailBytes)
    throw tooMuch(`it has ${size} bytes; ${limits.maxMailBytes} are allowed`);
  const documentType = single(header, documentHeader.toLowerCase()) ?? "";
  return { documentType, header, lines, limits } as unknown as RecognizedMail;
}

/** Reads the document, and the archive if one travels along. @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT */
export async function readDocument(
  mail: RecognizedMail,
  openAttachment: () => Promise<AttachmentSink>,
): Promise<MailContent> {
  const carries = new Set([packageMediaType, sealedMediaType]);
  const { document, trust, cargo } = await new MailReader(mail, carries, openAttachment).read(
    mail.header,
  );
  if (document === undefined) throw ambiguous("it has no part that holds a document of Outrider");
  const content = { document, ...(trust === undefined ? {} : { trust }) };
  if (cargo?.type === sealedMediaType)
    return { ...content, attachment: undefined, sealed: cargo.result };
  return { ...content, attachment: cargo?.result };
}

/** Reads the mail of a part, which has no document. @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT */
export async function readPart<Result>(
  mail: RecognizedMail,
  openPart: (kind: "part" | "sealed") => Promise<Sink<Result>>,
): Promise<Result> {
  const carries = new Set([partMediaType, sealedMediaType]);
  const open = (type: string): Promise<Sink<Result>> =>
    openPart(type === sealedMediaType ? "sealed" : "part");
  const { document, trust, cargo } = await new MailReader(mail, carries, open).read(mail.header);
  if ((document ?? trust) !== undefined)
    throw ambiguous("it says that it brings a part, and has a document or trust documents");
  if (cargo === undefined) throw ambiguous("it has no part of an archive");
  return cargo.result;
}

/** Most trust documents that come along: as many as an agent walks at once (DESIGN 5). */
const maxTrustDocuments = 256;

/** @throws MESSAGE_LIMIT */
function linesIn(text: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.indexOf("\n", at);
    const line = text.subarray(at, end === -1 ? text.length : end);
    if (line.length > 0 && lines.push(line) > maxTrustDocuments)
      throw tooMuch(`it has more than ${maxTrustDocuments} trust documents`);
    at += line.length + 1;
  }
  return lines;
}

/** Step 82 for mail: the pre-established field, in a header of tolerable size; hostile bytes are just not ours. */
async function recognized(lines: Lines, maxBytes: number): Promise<Header | undefined> {
  let header: Header;
  try {
    header = await readHeader(lines, maxBytes);
  } catch (error) {
    if (isOutriderError(error)) return undefined;
    throw error; // a disk that fails says nothing of the mail
  }
  return header.fields.has(documentHeader.toLowerCase()) ? header : undefined;
}

/** All that is written to a file while it is decoded. */
const cargoMediaTypes = new Set([packageMediaType, partMediaType, sealedMediaType]);

/** Where a part stands: only where `searched` may ours be. */
interface Place {
  readonly searched: boolean;
  readonly depth: number;
}

/** What is carried beside text and document. */
interface Cargo<Result> {
  readonly type: string;
  readonly result: Result;
}

class MailReader<Result> {
  readonly #lines: Lines;
  readonly #limits: MailLimits;
  readonly #carries: ReadonlySet<string>;
  readonly #openCargo: (type: string) => Promise<Sink<Result>>;
  readonly #boundaries = new Boundaries();
  #parts = 0;
  #document: Buffer | undefined;
  #trust: readonly Buffer[] | undefined;
  #cargo: Cargo<Result> | undefined;

  constructor(
    { lines, limits }: RecognizedMail,
    carries: ReadonlySet<string>,
    openCargo: (type: string) => Promise<Sink<Result>>,
  ) {
    this.#lines = lines;
    this.#limits = limits;
    this.#carries = carries;
    this.#openCargo = openCargo;
  }

  async read(header: Header): Promise<{
    readonly document: Buffer | undefined;
    readonly trust: readonly Buffer[] | undefined;
    readonly cargo: Cargo<Result> | undefined;
  }> {
    await this.#readEntity(header, { searched: true, depth: 0 });
    return { document: this.#document, trust: this.#trust, cargo: this.#cargo };
  }

  /** Reads one part to the delimiter that ends it; `undefined` is the end of the mail. */
  async #readEntity(header: Header, place: Place): Promise<Delimiter | undefined> {
    if (header.fault !== undefined) throw ambiguous(header.fault);
    const type = contentType(header);
    const encoding = transferEncoding(header);
    if (type.value.startsWith("multipart/")) {
      if (!["7bit", "8bit", "binary"].includes(encoding))
        throw ambiguous("a multipart has a transfer encoding"); // RFC 2045 6.4
      return this.#readMultipart(type.value, type.parameters.get("boundary"), place);
    }
    const isCargo = cargoMediaTypes.has(type.value);
    const isTrust = type.value === trustMediaType;
    if (!isCargo && !isTrust && !documentPart.test(type.value))
      return this.#readLines(() => undefined);
    if (!place.searched || (isCargo && !this.#carries.has(type.value)))
      throw ambiguous("a part of Outrider stands where none belongs");
    const disposition = single(header, "content-disposition");
    if (disposition !== undefined) structured(disposition, "content-disposition");
    if (isCargo) return this.#readCargo(type.value, encoding);
    return isTrust ? this.#readTrust(encoding) : this.#readDocument(encoding);
  }

  async #readMultipart(
    type: string,
    boundary: string | undefined,
    place: Place,
  ): Promise<Delimiter | undefined> {
    if (place.depth >= this.#limits.maxDepth)
      throw tooMuch(`its parts are nested deeper than ${this.#limits.maxDepth}`);
    this.#boundaries.push(boundary);
    const level = this.#boundaries.depth - 1;
    let end = await this.#readLines(() => undefined); // preamble
    for (let child = 0; end?.level === level && !end.closing; child++) {
      if (++this.#parts > this.#limits.maxParts)
        throw tooMuch(`it has more than ${this.#limits.maxParts} parts`);
      const header = await readHeader(
        this.#lines,
        this.#limits.maxHeaderBytes,
        (line) => this.#boundaries.match(line) !== undefined,
      );
      const searched =
        place.searched &&
        (type === "multipart/mixed" || (type === "multipart/signed" && child === 0));
      end = await this.#readEntity(header, { searched, depth: place.depth + 1 });
    }
    if (end?.level !== level) throw ambiguous("a multipart is not closed");
    this.#boundaries.pop();
    return this.#readLines(() => undefined); // epilogue
  }

  async #readDocument(encoding: string): Promise<Delimiter | undefined> {
    if (this.#document !== undefined)
      throw ambiguous("it has two parts that hold a document of Outrider");
    const { maxDocumentBytes } = this.#limits;
    const { bytes, end } = await this.#readBytes("its document", encoding, maxDocumentBytes);
    this.#document = bytes;
    return end;
  }

  async #readTrust(encoding: string): Promise<Delimiter | undefined> {
    if (this.#trust !== undefined) throw ambiguous("it has two chains of trust documents");
    const { maxTrustBytes } = this.#limits;
    const { bytes, end } = await this.#readBytes("its trust", encoding, maxTrustBytes);
    this.#trust = linesIn(bytes);
    return end;
  }

  async #readBytes(
    what: string,
    encoding: string,
    maxBytes: number,
  ): Promise<{ readonly bytes: Buffer; readonly end: Delimiter | undefined }> {
    const decoder = decoderFor(encoding);
    if (decoder === undefined) throw ambiguous(`a part has the transfer encoding ${encoding}`);
    const pieces: Uint8Array[] = [];
    let length = 0;
    const keep = (piece: Uint8Array): void => {
      length += piece.length;
      if (length > maxBytes) throw tooMuch(`${what} is larger than ${maxBytes} bytes`);
      if (piece.length > 0) pieces.push(new Uint8Array(piece));
    };
    const end = await this.#readLines((line) => keep(decoder.push(line)));
    keep(decoder.end());
    return { bytes: Buffer.concat(pieces), end };
  }

  async #readCargo(type: string, encoding: string): Promise<Delimiter | undefined> {
    if (this.#cargo !== undefined) throw ambiguous("it has two archives");
    const decoder =
      encoding === "base64" || encoding === "quoted-printable" ? decoderFor(encoding) : undefined;
    if (decoder === undefined) throw ambiguous(`an archive has the transfer encoding ${encoding}`);
    const { maxAttachmentBytes } = this.#limits;
    const sink = await this.#openCargo(type);
    let length = 0;
    const write = (piece: Uint8Array): Promise<void> | undefined => {
      length += piece.length;
      if (length > maxAttachmentBytes)
        throw tooMuch(`its archive is larger than ${maxAttachmentBytes} bytes`);
      return piece.length === 0 ? undefined : sink.write(piece);
    };
    try {
      const end = await this.#readLines((line) => write(decoder.push(line)));
      await write(decoder.end());
      this.#cargo = { type, result: await sink.close() };
      return end;
    } catch (error) {
      await sink.discard();
      throw error;
    }
  }

  async #readLines(
    use: (line: string) => Promise<void> | undefined | void,
  ): Promise<Delimiter | undefined> {
    for (;;) {
      const line = await this.#lines.next();
      if (line === undefined) return undefined;
      const delimiter = this.#boundaries.match(line);
      if (delimiter !== undefined) return delimiter;
      const writing = use(line);
      if (writing !== undefined) await writing;
    }
  }
}
