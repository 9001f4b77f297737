import { generateKeyPairSync } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { decrypt, generateKey, readMessage, readPrivateKey } from "openpgp";
import { expect, test } from "vitest";
import { testArchive, testFolder } from "../../../../test/support/archives.ts";
import { testDelivery } from "../../../../test/support/delivery.ts";
import { startMailServer, type TestMailServer } from "../../../../test/support/mail.ts";
import { openDecryptionKey } from "../receiver/decrypt/index.ts";
import { emailSender, type EmailSenderOptions } from "./index.ts";

function senderTo(
  { port }: TestMailServer,
  more: Partial<EmailSenderOptions> = {},
): ReturnType<typeof emailSender> {
  const relays = [{ host: "127.0.0.1", port, tls: "none" } as const];
  return emailSender({ from: "updates@vendor.test", relays, ...more });
}

test("OAuth 2.0: a token for each connection, asked for when it is made", async () => {
  const seen: string[] = [];
  const server = await startMailServer({
    server: {
      disabledCommands: ["STARTTLS"],
      authMethods: ["XOAUTH2"],
      allowInsecureAuth: true,
      authOptional: false,
      onAuth(auth, _session, done) {
        seen.push(`${auth.username} ${auth.accessToken}`);
        done(null, { user: auth.username });
      },
    },
  });
  let tokens = 0;
  const login = { user: "updates", accessToken: async () => `token-${++tokens}` };
  for (let connection = 1; connection <= 2; connection++) {
    const relays = [{ host: "127.0.0.1", port: server.port, tls: "none", login } as const];
    const sender = emailSender({ from: "updates@vendor.test", relays });
    const [outcome] = await sender.send(testDelivery(["a@site.test"]));
    expect(outcome?.outcome).toBe("accepted");
    await sender.close();
  }
  expect(seen).toEqual(["updates token-1", "updates token-2"]);
  const failing = { user: "updates", accessToken: () => Promise.reject(new Error("no token")) };
  const relays = [{ host: "127.0.0.1", port: server.port, tls: "none", login: failing } as const];
  const sender = emailSender({ from: "updates@vendor.test", relays });
  await expect(sender.send(testDelivery(["a@site.test"]))).rejects.toMatchObject({
    code: "UNAVAILABLE",
  });
  await sender.close();
  await server.close();
});

test("DKIM, List-Unsubscribe and a reference, and headers that keep machines from answering", async () => {
  const server = await startMailServer();
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const sender = senderTo(server, {
    dkim: {
      domain: "vendor.test",
      selector: "o1",
      privateKey: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    },
    unsubscribe: "mailto:updates@vendor.test?subject=stop",
  });
  const [outcome] = await sender.send(testDelivery(["a@site.test"], { reference: "7-abc_DEF" }));
  await sender.close();
  await server.close();
  expect(outcome?.outcome).toBe("accepted");
  const header = (server.mails[0]?.raw.toString() ?? "").split("\r\n\r\n")[0] ?? "";
  expect(header).toMatch(/^DKIM-Signature: v=1; a=rsa-sha256; [^]*d=vendor\.test;[^]*s=o1;/m);
  expect(header).toMatch(/^List-Unsubscribe: <mailto:updates@vendor\.test\?subject=stop>$/m);
  expect(header).toMatch(/^Message-ID: <[0-9a-f]{24}\.7-abc_DEF@vendor\.test>$/m);
  expect(header).toMatch(/^Precedence: bulk$/m);
  expect(header).toMatch(/^Auto-Submitted: auto-generated$/m);
});

test.each(["http://plain.test/", "mailto:a@b.c>\r\nBcc: x@y.z", "javascript:alert(1)"])(
  "%j is nowhere to unsubscribe",
  async (unsubscribe) => {
    const relays = [{ host: "127.0.0.1", tls: "none" } as const];
    expect(() => emailSender({ from: "u@vendor.test", relays, unsubscribe })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  },
);

test("archives are sealed for those who have a key, together; one whose key has ended waits; the others get it open", async () => {
  await using folder = await testFolder();
  const { bytes, sha256, size } = testArchive(30_000);
  await writeFile(folder.at("archive"), bytes);
  const keys = await Promise.all(
    ["one", "two"].map((name) => openDecryptionKey(folder.at(name), name)),
  );
  const { publicKey: ended } = await generateKey({
    type: "ecc",
    curve: "ed25519Legacy",
    userIDs: [{ name: "ended" }],
    date: new Date("2020-01-01"),
    keyExpirationTime: 1000,
    format: "armored",
  });
  const server = await startMailServer();
  const sender = senderTo(server);
  const delivery = testDelivery(["open@s.test", "one@s.test", "two@s.test", "ended@s.test"], {
    attachment: { path: folder.at("archive"), sha256, size },
  });
  const recipients = delivery.recipients.map((recipient, at) => ({
    ...recipient,
    ...(at === 0
      ? {}
      : { encryptionKey: [keys[0]?.publicKey, keys[1]?.publicKey, ended][at - 1] ?? "" }),
  }));
  const outcomes = await sender.send({ ...delivery, recipients });
  await sender.close();
  await server.close();
  expect(outcomes.map(({ outcome }) => outcome)).toEqual([
    "accepted",
    "accepted",
    "accepted",
    "deferred",
  ]);
  const open = server.mails.find(({ to }) => to.includes("open@s.test"));
  expect(open?.to).toEqual(["open@s.test"]);
  expect(open?.raw.toString()).toContain("application/vnd.outrider.package");
  const closed = server.mails.find(({ to }) => to.includes("one@s.test"));
  expect(closed?.to).toEqual(["one@s.test", "two@s.test"]);
  const text = closed?.raw.toString() ?? "";
  expect(text).not.toContain("vnd.outrider.package");
  const [, body = ""] = /name=data\.bin[^]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)\r\n--/.exec(text) ?? [];
  for (const name of ["one", "two"]) {
    const armoredKey = await readFile(folder.at(name), "utf8");
    const { data } = await decrypt({
      message: await readMessage({ binaryMessage: Buffer.from(body, "base64") }),
      decryptionKeys: await readPrivateKey({ armoredKey }),
      format: "binary",
    });
    expect(bytes.equals(Buffer.from(data))).toBe(true);
  }
});

test("a numbered part: its stretch of the archive, its own Message-ID, and no document", async () => {
  await using folder = await testFolder();
  const { bytes, sha256 } = testArchive(30_000);
  await writeFile(folder.at("archive"), bytes);
  const server = await startMailServer();
  const sender = senderTo(server);
  const { id: _id, envelope: _envelope, ...addressed } = testDelivery(["a@site.test"]);
  const part = (number: number): Parameters<typeof sender.sendPart>[0] => ({
    ...addressed,
    archive: { path: folder.at("archive"), sha256 },
    number,
    count: 3,
    offset: (number - 1) * 12_000,
    bytes: Math.min(12_000, bytes.length - (number - 1) * 12_000),
  });
  for (const number of [1, 3, 3]) await sender.sendPart(part(number));
  await sender.close();
  await server.close();
  const texts = server.mails.map(({ raw }) => raw.toString());
  const ids = texts.map((text) => /^Message-ID: (.*)$/m.exec(text)?.[1]);
  expect(ids[1]).toBe(ids[2]);
  expect(ids[0]).not.toBe(ids[1]);
  expect(texts[1]).toMatch(/^Outrider-Document: part\/1\r$/m);
  expect(texts[1]).toContain("till-software-2.1.0.part-0003-of-0003");
  const [, body = ""] =
    /vnd\.outrider\.part[^]*?\r\n\r\n([A-Za-z0-9+/=\r\n]+)\r\n--/.exec(texts[1] ?? "") ?? [];
  expect(bytes.subarray(24_000).equals(Buffer.from(body, "base64"))).toBe(true);
});
