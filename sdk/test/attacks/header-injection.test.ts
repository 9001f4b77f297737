/**
 * S11: line ends in what becomes a header or an SMTP command (CVE-2026-82853, CVE-2026-82854): subject, package, version,
 * reason, id, addresses, EHLO name, envelope size. Nothing a push says starts a line of its own.
 */
import { writeFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import type { Delivery } from "../../src/transport/index.ts";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { testArchive, testFolder } from "../support/archives.ts";
import { testDelivery } from "../support/delivery.ts";
import { startMailServer, type ReceivedMail } from "../support/mail.ts";

const breaks = ["\r\n", "\n", "\r", "\r\n ", "\u2028", "\u0085", "\0\r\n", "=0D=0A", "?=\r\n=?"];
const injected = "Injected-Header: evil@evil.test";

async function sent(delivery: Delivery): Promise<readonly ReceivedMail[]> {
  const server = await startMailServer();
  const sender = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: server.port, tls: "none" }],
  });
  await sender.send(delivery);
  await sender.close();
  await server.close();
  return server.mails;
}

/** The fields of every header in the mail: those of the mail, and of its parts. */
function fieldNames(raw: string): string[] {
  const headers = [
    raw.slice(0, raw.indexOf("\r\n\r\n")),
    ...[...raw.matchAll(/^--outrider[^\r]*[^-\r]\r\n(.*?)\r\n\r\n/gms)].map(
      ([, header]) => header ?? "",
    ),
  ];
  return headers.flatMap((header) =>
    header
      .split("\r\n")
      .filter((line) => /^\S/.test(line))
      .map((line) => line.split(":")[0] ?? ""),
  );
}

const evilText = breaks.map((lineBreak) => `x${lineBreak}${injected}`).join("");

describe("S11 header injection", () => {
  test.each([
    ["the reason", { summary: { packageName: "p", version: "1.0.0", reason: evilText } }],
    ["the package's name", { summary: { packageName: evilText, version: "1.0.0", reason: "r" } }],
    ["the version", { summary: { packageName: "p", version: evilText, reason: "r" } }],
    ["the delivery's id", { id: evilText }],
    ["the deployment's id", { deployment: evilText }],
  ])("S11 by %s", async (_, changes) => {
    await using folder = await testFolder();
    const { bytes, sha256, size } = testArchive(10);
    await writeFile(folder.at("archive"), bytes);
    const attachment = { path: folder.at("archive"), sha256, size };
    const [mail, ...others] = await sent(
      testDelivery(["agent@site.test"], { attachment, ...changes }),
    );
    expect(others).toEqual([]);
    expect(mail?.to).toEqual(["agent@site.test"]);
    const raw = mail?.raw.toString() ?? "";
    const allowed = [
      "From",
      "To",
      "Subject",
      "Date",
      "Message-ID",
      "Auto-Submitted",
      "Precedence",
      "X-Auto-Response-Suppress",
      "Outrider-Document",
      "MIME-Version",
      "Content-Type",
      "Content-Transfer-Encoding",
      "Content-Disposition",
    ];
    expect(fieldNames(raw).filter((name) => !allowed.includes(name))).toEqual([]);
    expect(raw.replaceAll("=\r\n", "")).not.toMatch(/^Injected-Header/m); // nor in the text for people
  });

  test("S11 by an envelope that is none: nothing is sent", async () => {
    const envelope = Buffer.from(`{"outrider":"notification/1\r\n${injected}","document":""}`);
    await expect(sent(testDelivery(["agent@site.test"], { envelope }))).rejects.toMatchObject({
      code: "DOCUMENT_INVALID",
    });
  });

  test.each(breaks)("S11 by the sender's address, which also names us in EHLO: %j", (lineBreak) => {
    const from = `u@vendor.test${lineBreak}${injected}`;
    expect(() => emailSender({ from, relays: [{ host: "127.0.0.1", tls: "none" }] })).toThrow(
      expect.objectContaining({ code: "ADDRESS_INVALID" }),
    );
  });
});
