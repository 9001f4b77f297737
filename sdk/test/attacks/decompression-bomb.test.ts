/** THREATS S9: 200 kB of OpenPGP that inflate to 200 MB. Nothing that is read from outside is ever inflated. */
import { readFile, writeFile } from "node:fs/promises";
import { deflateRawSync } from "node:zlib";
import { createMessage, encrypt, enums, readKey } from "openpgp";
import { expect, test } from "vitest";
import { nodeFileSystem } from "../../src/ports/index.ts";
import { splitSignatures, verifySignatures } from "../../src/signing/index.ts";
import { openSecretKey, judgeCertificate } from "../../src/signing/openpgp/index.ts";
import { PartSpool } from "../../src/transport/parts/index.ts";
import { archives } from "../../src/transports/email/receiver/archives.ts";
import {
  mailUnsealer,
  openDecryptionKey,
} from "../../src/transports/email/receiver/decrypt/index.ts";
import { takeMail } from "../../src/transports/email/receiver/incoming.ts";
import { Spool } from "../../src/transports/email/receiver/spool.ts";
import { testFolder } from "../support/archives.ts";
import { armorText, forgeKey, newPacket } from "../support/forge.ts";
import { memoryFor } from "../support/memory.ts";
import { mixedMail, part } from "../support/mime.ts";
import { verdictOf } from "../support/refusal.ts";

const key = forgeKey("ed25519");
const now = new Date("2026-07-01T00:00:00Z");

/** A compressed packet with a literal packet of zeros in it. */
function bomb(bytes: number): Buffer {
  const literal = newPacket(11, Buffer.concat([Buffer.from("b\0\0\0\0\0"), Buffer.alloc(bytes)]));
  return newPacket(8, Buffer.concat([Buffer.of(1), deflateRawSync(literal)]));
}

// One as THREATS has it, and one that is small enough to pass the limit of a block.
const bombs = [bomb(200_000_000), bomb(11_000_000)];

test("S9 as a signature: refused, with less than 20 MB", async () => {
  const armored = bombs.map((octets) => armorText(octets));
  expect(armored[1]!.length).toBeLessThan(16_384);
  const needed = await memoryFor(() => {
    for (const block of armored) {
      expect(verifySignatures(Buffer.alloc(1), [block], [key.trusted], now)).toMatchObject([
        { ok: false, error: { code: "SIGNATURE_MALFORMED" } },
      ]);
      expect(verdictOf(() => splitSignatures(block))).toBe("SIGNATURE_MALFORMED");
    }
  });
  expect(needed).toBeLessThan(20_000_000);
});

test("S9 as a certificate or a secret key: refused, with less than 20 MB", async () => {
  const armored = bombs.map((octets) => ({
    certificate: armorText(octets, "PUBLIC KEY BLOCK"),
    secret: armorText(Buffer.concat([newPacket(6, key.body), octets]), "PRIVATE KEY BLOCK"),
  }));
  const needed = await memoryFor(async () => {
    for (const { certificate, secret } of armored) {
      await expect(judgeCertificate(certificate, now)).rejects.toMatchObject({
        code: "KEY_REFUSED",
      });
      await expect(openSecretKey({ armored: secret })).rejects.toMatchObject({
        code: "KEY_MISSING",
      });
    }
  });
  expect(needed).toBeLessThan(20_000_000);
});

test("S9 sealed in a mail: what inflates past the bound is refused, and what came of it goes to nobody", async () => {
  await using folder = await testFolder();
  const { publicKey } = await openDecryptionKey(folder.at("key.asc"), "till-7");
  const sealed = await encrypt({
    message: await createMessage({ binary: new Uint8Array(200_000_000) }),
    encryptionKeys: await readKey({ armoredKey: publicKey }),
    config: { preferredCompressionAlgorithm: enums.compression.zlib },
    format: "binary",
  });
  expect(sealed.length).toBeLessThan(300_000);
  const base64 = Buffer.from(sealed).toString("base64").replaceAll(/.{76}/g, "$&\n");
  const body = part("application/vnd.outrider.sealed", base64);
  await writeFile(folder.at("mail"), mixedMail(body).replace("notification/1", "part/1"));
  const interest = archives({
    parts: new PartSpool({ directory: folder.at("parts") }),
    unsealer: mailUnsealer({ secretKey: () => readFile(folder.at("key.asc"), "utf8") }),
  });
  const spool = new Spool(nodeFileSystem, folder.at("spool"));
  await spool.empty();
  const mail = await nodeFileSystem.open(folder.at("mail"), "read");
  const limits = { maxAttachmentBytes: 8_000_000 };
  const needed = await memoryFor(async () => {
    const taken = takeMail(mail, "a mailbox", { spool, interest, limits }, async () => undefined);
    await expect(taken).rejects.toMatchObject({ code: "MESSAGE_LIMIT" });
  });
  await mail.close();
  expect(needed).toBeLessThan(20_000_000);
  expect(await nodeFileSystem.list(folder.at("spool"))).toEqual([]);
  expect(await nodeFileSystem.list(folder.at("parts"))).toEqual(["wanted"]);
});
