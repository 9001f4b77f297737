import { randomBytes } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  envelopeText,
  mail,
  mixedMail,
  multipart,
  nested,
  notificationPart,
  part,
  read,
  readInMemory,
} from "../../../../../test/support/mime.ts";

const text = "Content-Type: text/plain\n\nFor people.\n";

describe("reads the document", () => {
  test.each([
    ["with LF line ends", mixedMail(text, notificationPart)],
    ["with CRLF line ends", mixedMail(text, notificationPart).replaceAll("\n", "\r\n")],
    [
      "with the envelope line of a pipe before it",
      `From x@y Sun Nov 22 2026\n${mixedMail(notificationPart)}`,
    ],
    [
      "with a preamble and an epilogue",
      mail(
        `Content-Type: multipart/mixed; boundary=b\n\nThis is MIME.\n${multipart("b", notificationPart)}The end.\n`,
      ),
    ],
    [
      "with folded fields",
      mixedMail(notificationPart).replace("mixed; boundary", "mixed;\n\tboundary"),
    ],
    [
      "with blanks after a boundary, as some relays add",
      mixedMail(notificationPart).replaceAll("--outer\n", "--outer \t\n"),
    ],
    [
      "with names in any case",
      mixedMail(notificationPart)
        .replaceAll("Content-Type", "CONTENT-TYPE")
        .replace("multipart/mixed", "Multipart/MIXED"),
    ],
    ["as the only part", mail(notificationPart)],
    [
      "in the first part of a signed mail",
      mail(
        nested(
          "multipart/signed",
          "sig",
          nested("multipart/mixed", "in", text, notificationPart),
          part("application/pgp-signature", "x", "7bit"),
        ),
      ),
    ],
    [
      "below the footer of a mailing list",
      mixedMail(
        nested("multipart/signed", "sig", nested("multipart/mixed", "in", notificationPart), text),
        text,
      ),
    ],
    [
      "beside a forwarded mail that carries another",
      mixedMail(notificationPart, `Content-Type: message/rfc822\n\n${mail(notificationPart)}`),
    ],
    [
      "recoded to quoted-printable",
      mixedMail(
        part(
          "application/vnd.outrider.notification+json",
          envelopeText
            .replace("the one", "the=20=\n one")
            .replaceAll("the=20=\n one", "the=20=\none"),
          "quoted-printable",
        ),
      ),
    ],
    [
      "as plain 7bit",
      mixedMail(part("application/vnd.outrider.notification+json", envelopeText, "7bit")),
    ],
    [
      "in many short lines of base64",
      mixedMail(
        part(
          "application/vnd.outrider.notification+json",
          Buffer.from(envelopeText)
            .toString("base64")
            .replaceAll(/(.{7})/g, "$1\n"),
        ),
      ),
    ],
  ])("%s", async (_, content) => {
    expect(await read(content)).toMatchObject({
      verdict: "taken",
      document: envelopeText,
      leftovers: [],
    });
  });

  test("of a control, under its own media type", async () => {
    const control = '{"outrider":"control/1","document":"x","signatures":["s"]}';
    const controlPart = part(
      "application/vnd.outrider.control+json",
      Buffer.from(control).toString("base64"),
    );
    expect((await read(mixedMail(controlPart))).document).toBe(control);
  });
});

const trustPart = (body: string): string =>
  part("application/vnd.outrider.trust-chain", Buffer.from(body).toString("base64"));

test("takes the trust documents that came along, a line each", async () => {
  const { document, trust } = await read(mixedMail(text, notificationPart, trustPart("2\n3\n\n4")));
  expect(document).toBe(envelopeText);
  expect(trust).toEqual(["2", "3", "4"]);
  expect((await read(mixedMail(notificationPart))).trust).toBeUndefined();
});

test("writes the archive to the spool, byte for byte, and gives it back when it is settled", async () => {
  const archive = randomBytes(700_003);
  const body = archive.toString("base64").replaceAll(/(.{76})/g, "$1\n");
  const result = await read(
    mixedMail(text, notificationPart, part("application/vnd.outrider.package", body)),
  );
  expect(result.attachment?.equals(archive)).toBe(true);
  expect(result.leftovers).toEqual([]);
});

describe("leaves foreign mail alone", () => {
  test.each([
    [
      "a mail without the field",
      mixedMail(notificationPart).replace("Outrider-Document", "X-Document"),
    ],
    ["an empty file", ""],
    ["only an empty line", "\n\nOutrider-Document: notification/1\n"],
    ["the field in the body only", `Subject: x\n\n${mixedMail(notificationPart)}`],
    ["a header without end", "a".repeat(300_000)],
    ["a header of many fields", "X-A: b\n".repeat(20_000)],
    ["zeros", Buffer.alloc(10_000)],
  ])("%s", async (_, content) => {
    expect((await read(content)).verdict).toBe("foreign");
  });
});

describe("refuses what can be read in another way", () => {
  test.each([
    ["two documents", mixedMail(notificationPart, notificationPart)],
    ["no document", mixedMail(text)],
    [
      "two archives",
      mixedMail(
        notificationPart,
        part("application/vnd.outrider.package", "AAAA"),
        part("application/vnd.outrider.package", "AAAA"),
      ),
    ],
    ["two chains of trust", mixedMail(notificationPart, trustPart("2"), trustPart("2"))],
    ["trust documents alone", mixedMail(trustPart("2"))],
    [
      "trust documents in the second part of multipart/signed",
      mail(nested("multipart/signed", "b", notificationPart, trustPart("2"))),
    ],
    [
      "the field twice",
      mail(
        `Outrider-Document: notification/1\n${nested("multipart/mixed", "b", notificationPart)}`,
      ),
    ],
    [
      "a document below multipart/alternative",
      mail(nested("multipart/alternative", "b", notificationPart)),
    ],
    [
      "a document in the second part of multipart/signed",
      mail(nested("multipart/signed", "b", text, notificationPart)),
    ],
    ["a multipart that is not closed", mixedMail(notificationPart).replace("--outer--\n", "")],
    [
      "an inner multipart that is not closed",
      mixedMail(nested("multipart/mixed", "in", notificationPart).replace("--in--\n", ""), text),
    ],
    [
      "a multipart that goes on after its end",
      `${mixedMail(notificationPart)}--outer\n${notificationPart}--outer--\n`,
    ],
    [
      "a multipart in base64",
      mail(
        `Content-Transfer-Encoding: base64\n${nested("multipart/mixed", "b", notificationPart)}`,
      ),
    ],
    [
      "an unknown transfer encoding",
      mixedMail(part("application/vnd.outrider.notification+json", "x", "uuencode")),
    ],
    [
      "a transfer encoding with a comment",
      mixedMail(part("application/vnd.outrider.notification+json", "QUFB", "base64 (really)")),
    ],
    [
      "an archive without encoding",
      mixedMail(notificationPart, part("application/vnd.outrider.package", "x", "8bit")),
    ],
    [
      "base64 with other characters",
      mixedMail(part("application/vnd.outrider.notification+json", "QU!FB")),
    ],
    [
      "base64 after its padding",
      mixedMail(part("application/vnd.outrider.notification+json", "QQ==\nQUFB")),
    ],
    [
      "base64 that is cut off",
      mixedMail(part("application/vnd.outrider.notification+json", "QUFBQ")),
    ],
    [
      "broken quoted-printable",
      mixedMail(part("application/vnd.outrider.notification+json", "a=ZZ", "quoted-printable")),
    ],
    [
      "a boundary within a header",
      mixedMail(`Content-Type: text/plain\n--outer\n${notificationPart}`),
    ],
    [
      "boundaries of which one begins like the other",
      mixedMail(nested("multipart/mixed", "outermost", notificationPart)),
    ],
    ["a line that is almost a boundary", mixedMail(`${text}--outerX\n`, notificationPart)],
    [
      "a boundary that is none",
      mail(`Content-Type: multipart/mixed; boundary="${"x".repeat(71)}"\n\n`),
    ],
    ["a field without name", mixedMail(`: x\n${notificationPart}`)],
    [
      "a blank before the colon",
      mixedMail(notificationPart.replace("Content-Type:", "Content-Type :")),
    ],
    ["a continued line first", mixedMail(` folded\n${notificationPart}`)],
    [
      "a carriage return in a header",
      mixedMail(notificationPart.replace("Content-Type:", "X: a\rContent-Type:")),
    ],
    ["a NUL in the header", mixedMail(notificationPart).replace("Subject: x", "Subject: \0")],
  ])("%s", async (_, content) => {
    expect(await read(content)).toMatchObject({ verdict: "MESSAGE_AMBIGUOUS", leftovers: [] });
  });
});

describe("refuses what is too much, and leaves nothing in the spool", () => {
  const archivePart = part("application/vnd.outrider.package", "A".repeat(4000));
  test.each([
    ["a large mail", mixedMail(notificationPart, archivePart), { maxMailBytes: 4000 }],
    ["a large archive", mixedMail(notificationPart, archivePart), { maxAttachmentBytes: 2999 }],
    [
      "a large document",
      mixedMail(part("application/vnd.outrider.notification+json", "A".repeat(400))),
      { maxDocumentBytes: 299 },
    ],
    [
      "large trust documents",
      mixedMail(notificationPart, trustPart("2".repeat(300))),
      { maxTrustBytes: 299 },
    ],
    ["many trust documents", mixedMail(notificationPart, trustPart("2\n".repeat(257))), {}],
    [
      "many parts",
      mixedMail(...Array.from({ length: 11 }, () => text), notificationPart),
      { maxParts: 10 },
    ],
    ["a long line", mixedMail(notificationPart, archivePart), { maxLineBytes: 3000 }],
    [
      "a large header of a part",
      mixedMail(`X: ${"y".repeat(5000)}\n${notificationPart}`),
      { maxHeaderBytes: 4000 },
    ],
  ])("%s", async (_, content, limits) => {
    expect(await read(content, limits)).toMatchObject({ verdict: "MESSAGE_LIMIT", leftovers: [] });
  });
});

test("never fails otherwise, whatever comes", async () => {
  const ours = fc.string({ unit: "binary", maxLength: 300 }).map((rest) => mail(rest));
  const spliced = fc.tuple(fc.nat(2000), fc.string({ maxLength: 20 })).map(([at, insert]) => {
    const whole = mixedMail(
      text,
      notificationPart,
      part("application/vnd.outrider.package", "QUFB"),
    );
    return whole.slice(0, at) + insert + whole.slice(at + insert.length);
  });
  await fc.assert(
    fc.asyncProperty(fc.oneof(ours, spliced), async (content) => {
      const verdicts = ["taken", "foreign", "MESSAGE_AMBIGUOUS", "MESSAGE_LIMIT"];
      expect(verdicts).toContain(await readInMemory(content));
    }),
    { numRuns: 300 },
  );
});
