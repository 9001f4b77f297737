import { createHash, randomBytes } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { createMessage, encrypt, readKey } from "openpgp";
import { expect, test } from "vitest";
import { testFolder, type TestFolder } from "../../../../test/support/archives.ts";
import { mixedMail, notificationPart, part, nested } from "../../../../test/support/mime.ts";
import { documentMail, partMail } from "../../../../test/support/part-mails.ts";
import { nodeFileSystem } from "../../../ports/index.ts";
import type { Incoming } from "../../../transport/index.ts";
import { PartSpool } from "../../../transport/parts/index.ts";
import { archives } from "./archives.ts";
import { mailUnsealer, openDecryptionKey } from "./decrypt/index.ts";
import { takeMail } from "./incoming.ts";
import { Spool } from "./spool.ts";

interface Taken {
  /** What it was settled with while it was read, `taken`, `foreign`, or an error's code. */
  readonly verdict: string;
  readonly attachment?: Buffer;
  readonly missing: readonly number[];
  readonly warnings: readonly string[];
  readonly leftovers: readonly string[];
}

const bytes = randomBytes(30_000);
const digest = createHash("sha256").update(bytes).digest("hex");
const base64 = bytes.toString("base64").replaceAll(/.{76}/g, "$&\n");
const thePart = part("application/vnd.outrider.part", base64);

async function take(folder: TestFolder, mail: string, keyFile?: string): Promise<Taken> {
  const parts = new PartSpool({ directory: folder.at("parts") });
  const spool = new Spool(nodeFileSystem, folder.at("spool"));
  await spool.empty();
  const warnings: string[] = [];
  const secretKey = (): Promise<string> => readFile(keyFile ?? "", "utf8");
  const interest = archives({
    parts,
    logger: { log: (_level, message) => void warnings.push(message) },
    ...(keyFile === undefined ? {} : { unsealer: mailUnsealer({ secretKey }) }),
  });
  await writeFile(folder.at("mail"), mail, "latin1");
  const file = await nodeFileSystem.open(folder.at("mail"), "read");
  let verdict = "foreign";
  let incoming: Incoming | undefined;
  try {
    const settle = async (given: string): Promise<void> => void (verdict = given);
    incoming = await takeMail(file, "a mailbox", { spool, interest }, settle);
  } catch (error) {
    verdict = String((error as { readonly code?: unknown }).code);
  }
  await file.close();
  const path = incoming?.attachment?.path;
  const attachment = path === undefined ? undefined : await readFile(path);
  if (incoming !== undefined) verdict = "taken";
  const missing = await parts.missing([digest]);
  await incoming?.settle("handled");
  return {
    verdict: incoming === undefined ? verdict : "taken",
    ...(attachment === undefined ? {} : { attachment }),
    missing,
    warnings,
    leftovers: await nodeFileSystem.list(folder.at("spool")),
  };
}

async function sealFor(folder: TestFolder, content: Uint8Array): Promise<Uint8Array> {
  const { publicKey } = await openDecryptionKey(folder.at("key.asc"), "press-4");
  return encrypt({
    message: await createMessage({ binary: content }),
    encryptionKeys: await readKey({ armoredKey: publicKey }),
    format: "binary",
  });
}

test("a part goes to the spool of parts, and its mail is dealt with", async () => {
  await using folder = await testFolder();
  expect(await take(folder, partMail(bytes))).toEqual({
    verdict: "handled",
    missing: [],
    warnings: [],
    leftovers: [],
  });
});

test("after a relay that re-codes, below a list's footer, signed for people: the same part", async () => {
  const quoted = [...bytes]
    .map(
      (octet, at) =>
        `=${octet.toString(16).toUpperCase().padStart(2, "0")}${at % 20 === 19 ? "=\n" : ""}`,
    )
    .join("");
  const footer = part("text/plain", "You get this because you subscribed.", "7bit");
  const signed = nested(
    "multipart/signed",
    "s",
    nested("multipart/mixed", "i", thePart),
    part("application/pgp-signature", "x", "7bit"),
  );
  for (const body of [
    part("application/vnd.outrider.part", quoted, "quoted-printable"),
    `${thePart}--outer\n${footer}`,
    `${signed}--outer\n${footer}`,
  ]) {
    await using folder = await testFolder();
    const mail = mixedMail(body).replace("notification/1", "part/1");
    expect(await take(folder, mail)).toMatchObject({ verdict: "handled", missing: [] });
  }
});

test.each([
  ["two parts", mixedMail(thePart, thePart).replace("notification/1", "part/1")],
  [
    "a part and a document",
    mixedMail(thePart, notificationPart).replace("notification/1", "part/1"),
  ],
  ["a part beside a document that is announced", mixedMail(thePart, notificationPart)],
  ["a part that is not announced", mixedMail(thePart)],
  [
    "an archive where a part is announced",
    mixedMail(part("application/vnd.outrider.package", base64)).replace("notification/1", "part/1"),
  ],
  ["no part", mixedMail().replace("notification/1", "part/1")],
  [
    "a part inside a forwarded mail",
    mixedMail(nested("multipart/alternative", "alt", thePart)).replace("notification/1", "part/1"),
  ],
  [
    "a part in 8bit",
    mixedMail(part("application/vnd.outrider.part", "abc", "8bit")).replace(
      "notification/1",
      "part/1",
    ),
  ],
  [
    "the field twice",
    mixedMail(thePart).replace(
      "Outrider-Document: notification/1",
      "Outrider-Document: part/1\nOutrider-Document: part/1",
    ),
  ],
])("%s: refused as ambiguous, and nothing is kept", async (_, mail) => {
  await using folder = await testFolder();
  expect(await take(folder, mail)).toMatchObject({
    verdict: "MESSAGE_AMBIGUOUS",
    missing: [1],
    leftovers: [],
  });
});

test("sealed: a part is opened into the spool, an archive into the message's own file", async () => {
  await using folder = await testFolder();
  const sealed = await sealFor(folder, bytes);
  const key = folder.at("key.asc");
  const asPart = await take(folder, partMail(sealed, "application/vnd.outrider.sealed"), key);
  expect(asPart).toEqual({ verdict: "handled", missing: [], warnings: [], leftovers: [] });
  const encoded = Buffer.from(sealed).toString("base64").replaceAll(/.{76}/g, "$&\n");
  const attached = documentMail(
    Buffer.from("{}"),
    part("application/vnd.outrider.sealed", encoded),
  );
  expect(await take(folder, attached, key)).toMatchObject({
    verdict: "taken",
    attachment: bytes,
    leftovers: [],
  });
});

test("sealed for another, or no key here: a part is refused, a notification is judged without its archive", async () => {
  await using folder = await testFolder();
  await using other = await testFolder();
  const sealed = await sealFor(other, bytes);
  await openDecryptionKey(folder.at("key.asc"), "press-4");
  const encoded = Buffer.from(sealed).toString("base64").replaceAll(/.{76}/g, "$&\n");
  const attached = documentMail(
    Buffer.from("{}"),
    part("application/vnd.outrider.sealed", encoded),
  );
  for (const key of [folder.at("key.asc"), undefined]) {
    expect(
      await take(folder, partMail(sealed, "application/vnd.outrider.sealed"), key),
    ).toMatchObject({
      verdict: "MESSAGE_SEALED",
      missing: [1],
      leftovers: [],
    });
    const taken = await take(folder, attached, key);
    expect(taken).toMatchObject({ verdict: "taken", leftovers: [] });
    expect(taken.attachment).toBeUndefined();
    expect(taken.warnings[0]).toMatch(/cannot be opened/);
  }
});
