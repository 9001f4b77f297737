import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { testDelivery } from "../../../../test/support/delivery.ts";
import { gnupgHome } from "../../../../test/support/gnupg.ts";
import { testCertificate } from "../../../../test/support/keys.ts";
import { startMailServer } from "../../../../test/support/mail.ts";
import { read } from "../../../../test/support/mime.ts";
import { outsideTool } from "../../../../test/support/tools.ts";
import type { KeySource } from "../../../ports/index.ts";
import type { Delivery } from "../../../transport/index.ts";
import { emailSender } from "./index.ts";

async function sentBy(serverKey: KeySource, delivery: Delivery): Promise<Buffer> {
  const server = await startMailServer();
  const relays = [{ host: "127.0.0.1", port: server.port, tls: "none" as const }];
  const sender = emailSender({ from: "updates@vendor.test", relays, serverKey });
  await sender.send(delivery);
  await sender.close();
  await server.close();
  return server.mails[0]?.raw ?? Buffer.alloc(0);
}

/** The two parts of a multipart/signed, cut out of the raw mail as RFC 3156 says. */
function cut(raw: Buffer): { signed: string; signature: string; micalg: string } {
  const text = raw.toString("latin1");
  const top = text.slice(0, text.indexOf("\r\n\r\n")).replaceAll(/\r\n\s+/g, " ");
  const boundary = /boundary="?([^";]+)"?/.exec(top)?.[1] ?? "";
  const micalg = /micalg=pgp-([a-z0-9-]+)/.exec(top)?.[1] ?? "";
  const [, signed = "", signature = ""] = text.split(`--${boundary}`);
  return {
    signed: signed.slice(2, -2),
    signature: signature.slice(signature.indexOf("-----BEGIN")),
    micalg,
  };
}

test("gpg finds the mail correctly signed, with a large attachment, and the receiver reads it", async () => {
  const gpgPath = outsideTool("gpg");
  if (gpgPath === undefined) return;
  await using home = await gnupgHome(gpgPath);
  const { source, certificate } = await testCertificate("server");
  const bytes = randomBytes(200_000);
  const path = await home.file("archive", bytes);
  const reason = "Žluťoučký kůň. From here on: trailing blanks   ";
  const delivery = testDelivery(["a@site.test"], {
    summary: { packageName: "till", version: "1.0.0", reason },
    attachment: { path, size: bytes.length, sha256: "0".repeat(64) },
  });
  const raw = await sentBy(source, delivery);
  const { signed, signature, micalg } = cut(raw);
  await home.gpg("--import", await home.file("key.asc", certificate));
  await writeFile(join(home.directory, "signed"), signed, "latin1");
  const verified = await home.gpg(
    "--status-fd",
    "1",
    "--verify",
    await home.file("signature.asc", signature),
    join(home.directory, "signed"),
  );
  expect(verified.stdout).toContain(`VALIDSIG ${source.fingerprint}`);
  const hashNumber = / VALIDSIG \S+ \S+ \S+ \S+ \S+ \S+ \S+ (\d+)/.exec(verified.stdout)?.[1];
  expect(micalg).toBe({ 8: "sha256", 9: "sha384", 10: "sha512" }[Number(hashNumber)]);
  // What a mail system with LF line ends makes of it is still the same to the agent.
  const received = await read(raw.toString("latin1").replaceAll("\r\n", "\n"));
  expect(received.document).toBe(Buffer.from(delivery.envelope).toString());
  expect(received.attachment?.equals(bytes)).toBe(true);
});

test("the signed part has no header of its own mail, and no bare line end", async () => {
  const { source } = await testCertificate("server");
  const { signed } = cut(await sentBy(source, testDelivery(["a@site.test"])));
  expect(signed).toMatch(/^Content-Type: multipart\/mixed;/);
  expect(signed).not.toMatch(/^(Message-ID|Date|MIME-Version):/im);
  expect(signed).not.toMatch(/[^\r]\n/);
});
