/**
 * Reading one mail, at each of the limits and beyond them: how long, and with how much memory.
 *
 *     node bench/reading.ts
 */
import { randomBytes } from "node:crypto";
import { open } from "node:fs/promises";
import { nodeFileSystem } from "../sdk/src/ports/index.ts";
import { takeMail } from "../sdk/src/transports/email/receiver/incoming.ts";
import { documents } from "../sdk/src/transports/email/receiver/index.ts";
import { defaultLimits } from "../sdk/src/transports/email/receiver/mime/limits.ts";
import { Spool } from "../sdk/src/transports/email/receiver/spool.ts";
import { testFolder } from "../sdk/test/support/archives.ts";
import { mail, mixedMail, nested, notificationPart, part } from "../sdk/test/support/mime.ts";
import { measure, megabytes } from "./reading/memory.ts";
import { figure } from "./table/row.ts";

const { maxAttachmentBytes, maxDocumentBytes, maxParts, maxDepth, maxHeaderBytes, maxLineBytes } =
  defaultLimits;
const text = part("text/plain", "x", "7bit");
const base64 = (bytes: number): string =>
  randomBytes(bytes).toString("base64").replaceAll(/.{76}/g, "$&\n");
const document = "application/vnd.outrider.notification+json";
const deep = (depth: number): string =>
  depth === 0
    ? notificationPart
    : nested("multipart/mixed", `b${String(depth).padStart(9, "0")}`, deep(depth - 1));

const mails: readonly (readonly [string, () => string])[] = [
  ["an ordinary one", () => mixedMail(text, notificationPart)],
  [
    `archive of ${megabytes(maxAttachmentBytes)} MB`,
    () =>
      mixedMail(
        notificationPart,
        part("application/vnd.outrider.package", base64(maxAttachmentBytes)),
      ),
  ],
  [
    "an archive one byte too large",
    () =>
      mixedMail(
        notificationPart,
        part("application/vnd.outrider.package", base64(maxAttachmentBytes + 1)),
      ),
  ],
  ["document of 1 MiB", () => mixedMail(part(document, base64(maxDocumentBytes)))],
  [
    `${maxParts} parts`,
    () => mixedMail(...Array.from({ length: maxParts - 1 }, () => text), notificationPart),
  ],
  [
    "200,000 parts",
    () =>
      mixedMail(notificationPart, Array.from({ length: 200_000 }, () => text).join("--outer\n")),
  ],
  [`nested ${maxDepth} deep`, () => mail(deep(maxDepth))],
  ["nested 3,000 deep", () => mail(deep(3000))],
  [
    "header of 64 KiB",
    () =>
      mixedMail(notificationPart).replace(
        "Subject: x",
        `Subject: ${"x\n ".repeat(maxHeaderBytes / 4)}`,
      ),
  ],
  [
    "lines of 64 KiB, 60 MB of them",
    () =>
      mixedMail(
        notificationPart,
        part("text/plain", `${"x".repeat(maxLineBytes - 2)}\n`.repeat(915), "7bit"),
      ),
  ],
];

for (const [name, make] of mails) {
  await using folder = await testFolder();
  const spool = new Spool(nodeFileSystem, folder.at("spool"));
  await spool.empty();
  const handle = await open(folder.at("mail"), "w");
  await handle.write(make(), null, "latin1");
  await handle.close();
  const file = await nodeFileSystem.open(folder.at("mail"), "read");
  const { size } = await file.stat();
  let verdict = "taken";
  const intake = { spool, interest: documents };
  const read = async (): Promise<void> => {
    try {
      await takeMail(file, "bench", intake, async () => undefined);
    } catch (error) {
      verdict = (error as { readonly code?: string }).code?.replace("MESSAGE_", "") ?? "error";
    }
  };
  const { ms, bytes } = await measure(read);
  await file.close();
  const cost = `${ms.toFixed(1)} ms, ${megabytes(bytes)} MB more`;
  figure(`reading a mail of ${(size / 1e6).toFixed(1)} MB: ${name}`, `${cost}, ${verdict}`);
}
