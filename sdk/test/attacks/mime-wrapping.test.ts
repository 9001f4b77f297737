/**
 * N2: MIME wrapping ("Johnny, you are fired", class 3): something else stands beside, above or around the signed part.
 * Either the verdict is that of the bare object, or the mail is refused; never is anything else taken for it.
 */
import { describe, expect, test } from "vitest";
import {
  envelopeText,
  mail,
  mixedMail,
  nested,
  notificationPart,
  part,
  read,
} from "../support/mime.ts";

const evil = part(
  "application/vnd.outrider.notification+json",
  Buffer.from('{"outrider":"notification/1","document":"evil","signatures":["s"]}').toString(
    "base64",
  ),
);
const text = "Content-Type: text/plain\n\nInstall evil.\n";
const html = part("text/html", "<img src=http://evil.test/>", "8bit");
const asText = (content: string): string =>
  content.replace("application/vnd.outrider.notification+json", "text/plain");
const forwarded = (content: string): string => `Content-Type: message/rfc822\n\n${content}`;

describe("N2 wrapped: same verdict as the bare object", () => {
  test.each([
    ["text and HTML before it", mixedMail(text, html, notificationPart)],
    ["text after it", mixedMail(notificationPart, text)],
    ["another document, as plain text", mixedMail(asText(evil), notificationPart)],
    [
      "another document, as JSON",
      mixedMail(evil.replace("vnd.outrider.notification+", ""), notificationPart),
    ],
    [
      "another document in a forwarded mail",
      mixedMail(forwarded(mail(nested("multipart/mixed", "f", evil))), notificationPart),
    ],
    [
      "another document in a digest",
      mixedMail(notificationPart, nested("multipart/mixed", "d", forwarded(mail(evil)))),
    ],
    [
      "another document in the preamble",
      mail(`Content-Type: multipart/mixed; boundary=b\n\n${evil}--b\n${notificationPart}--b--\n`),
    ],
    ["another document in the epilogue", `${mixedMail(notificationPart)}\n${evil}`],
    [
      "another document in the signature's place, as text",
      mail(
        nested(
          "multipart/signed",
          "s",
          nested("multipart/mixed", "i", notificationPart),
          asText(evil),
        ),
      ),
    ],
    [
      "a list's wrapper and footer",
      mixedMail(
        nested("multipart/signed", "s", nested("multipart/mixed", "i", notificationPart), text),
        text,
      ),
    ],
    [
      "another document named like it",
      mixedMail(
        asText(evil).replace(
          "text/plain",
          'application/octet-stream; name="notification.outrider.json"',
        ),
        notificationPart,
      ),
    ],
    [
      "another document in its own boundary's header",
      mixedMail(notificationPart).replace(
        "Subject: x",
        `Subject: ${Buffer.from(evil).toString("base64").slice(0, 60)}`,
      ),
    ],
  ])("N2 %s", async (_, content) => {
    expect(await read(content)).toMatchObject({ verdict: "taken", document: envelopeText });
  });
});

describe("N2 wrapped so that two readers could differ: refused", () => {
  test.each([
    ["two documents side by side", mixedMail(evil, notificationPart)],
    [
      "two documents as alternatives",
      mail(nested("multipart/alternative", "a", evil, notificationPart)),
    ],
    [
      "one below mixed, one below alternative",
      mixedMail(notificationPart, nested("multipart/alternative", "a", evil)),
    ],
    [
      "one below mixed, one below related",
      mixedMail(notificationPart, nested("multipart/related", "r", evil)),
    ],
    [
      "one signed, one in the signature's place",
      mail(nested("multipart/signed", "s", notificationPart, evil)),
    ],
    [
      "one in the signed part, one beside it",
      mixedMail(nested("multipart/signed", "s", notificationPart, text), evil),
    ],
    [
      "one deeper than the other",
      mixedMail(
        nested("multipart/mixed", "m", nested("multipart/mixed", "n", evil)),
        notificationPart,
      ),
    ],
    ["only one below encrypted", mail(nested("multipart/encrypted", "e", notificationPart))],
    ["only one in a bounce", mail(nested("multipart/report", "r", text, notificationPart))],
    ["only one in a forwarded mail", mixedMail(forwarded(mixedMail(notificationPart)))],
    ["a second one after the end", `${mixedMail(notificationPart)}--outer\n${evil}--outer--\n`],
    [
      "one of another of our types",
      mixedMail(notificationPart, evil.replace("notification", "control")),
    ],
  ])("N2 %s", async (_, content) => {
    expect(await read(content)).toMatchObject({
      verdict: "MESSAGE_AMBIGUOUS",
      document: undefined,
    });
  });
});
