/** Mails written by hand, octet by octet, for tests of how they are read. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nodeFileSystem, type FileHandle } from "../../src/ports/index.ts";
import { takeMail } from "../../src/transports/email/receiver/incoming.ts";
import { documents } from "../../src/transports/email/receiver/interest.ts";
import { defaultLimits, type MailLimits } from "../../src/transports/email/receiver/mime/limits.ts";
import {
  readMail,
  type AttachmentSink,
} from "../../src/transports/email/receiver/mime/read-mail.ts";
import { Spool } from "../../src/transports/email/receiver/spool.ts";
import { workedMs } from "./worked.ts";

/** What a mail of Outrider carries in these tests. */
export const envelopeText = '{"outrider":"notification/1","document":"the one","signatures":["s"]}';

/** The part that holds it. */
export const notificationPart: string = part(
  "application/vnd.outrider.notification+json",
  Buffer.from(envelopeText).toString("base64"),
);

/** A part with a transfer encoding, base64 unless told otherwise. */
export function part(type: string, body: string, encoding = "base64"): string {
  return `Content-Type: ${type}\nContent-Transfer-Encoding: ${encoding}\n\n${body}\n`;
}

/** A multipart's body. */
export function multipart(boundary: string, ...parts: readonly string[]): string {
  return `${parts.map((each) => `--${boundary}\n${each}`).join("")}--${boundary}--\n`;
}

/** A nested multipart, as a part. */
export function nested(type: string, boundary: string, ...parts: readonly string[]): string {
  return `Content-Type: ${type}; boundary="${boundary}"\n\n${multipart(boundary, ...parts)}`;
}

/** A whole mail: the usual header, and what comes after it, beginning with more fields. */
export function mail(rest: string): string {
  return `From: updates@vendor.test\nTo: agent@site.test\nSubject: x\nOutrider-Document: notification/1\nMIME-Version: 1.0\n${rest}`;
}

/** A mail of parts in a multipart/mixed. */
export function mixedMail(...parts: readonly string[]): string {
  return mail(nested("multipart/mixed", "outer", ...parts));
}

/** Reads a mail without any disk: the verdict only, for tests of thousands of mails. */
export async function readInMemory(content: string): Promise<string> {
  const bytes = Buffer.from(content, "latin1");
  const facts = {
    kind: "file",
    size: bytes.length,
    mode: 0o600,
    modifiedAtMs: 0,
    owner: 0,
  } as const;
  const file: FileHandle = {
    read: async (buffer, position) => bytes.copy(buffer, 0, position),
    write: () => Promise.reject(new Error("read only")),
    stat: async () => facts,
    sync: async () => undefined,
    close: async () => undefined,
  };
  const sink: AttachmentSink = {
    write: async () => undefined,
    close: async () => ({ path: "", size: 0 }),
    discard: async () => undefined,
  };
  try {
    const content = await readMail(file, defaultLimits, async () => sink);
    return content === undefined ? "foreign" : "taken";
  } catch (error) {
    return String((error as { readonly code?: unknown }).code ?? error);
  }
}

/** What came of reading a mail. */
export interface ReadMail {
  /** `foreign`, an error's code, or the document. */
  readonly verdict: string;
  readonly document: string | undefined;
  readonly trust: readonly string[] | undefined;
  readonly attachment: Buffer | undefined;
  /** Files left in the spool after a refusal, or after settling. */
  readonly leftovers: readonly string[];
  readonly milliseconds: number;
}

/** Reads a mail as the receivers do. */
export async function read(
  content: string | Uint8Array,
  limits: Partial<MailLimits> = {},
): Promise<ReadMail> {
  const directory = await mkdtemp(join(tmpdir(), "outrider-mail-"));
  try {
    const path = join(directory, "mail");
    await writeFile(path, content, "latin1");
    const spoolDirectory = join(directory, "spool");
    const spool = new Spool(nodeFileSystem, spoolDirectory);
    await spool.empty();
    const file = await nodeFileSystem.open(path, "read");
    const startedAt = workedMs();
    let verdict = "foreign";
    let document: string | undefined;
    let trust: readonly string[] | undefined;
    let attachment: Buffer | undefined;
    try {
      const incoming = await takeMail(
        file,
        path,
        { spool, interest: documents, limits },
        async () => undefined,
      );
      if (incoming !== undefined) {
        verdict = "taken";
        document = Buffer.from(incoming.bytes).toString("latin1");
        trust = incoming.trust?.map((each) => Buffer.from(each).toString("latin1"));
        if (incoming.attachment !== undefined)
          attachment = await readFile(incoming.attachment.path);
        await incoming.settle("handled");
      }
    } catch (error) {
      verdict = String((error as { readonly code?: unknown }).code ?? error);
    } finally {
      await file.close();
    }
    const milliseconds = workedMs() - startedAt;
    return {
      verdict,
      document,
      trust,
      attachment,
      leftovers: await nodeFileSystem.list(spoolDirectory),
      milliseconds,
    };
  } finally {
    await rm(directory, { recursive: true });
  }
}
