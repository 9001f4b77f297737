/**
 * Whatever honest relays, lists and gateways do to a mail on its way, the same octets are read; whatever others do,
 * none or the same.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import {
  envelopeText,
  mail,
  multipart,
  nested,
  part,
  read,
} from "../../../../../test/support/mime.ts";

const media = "application/vnd.outrider.notification+json";
const text = part("text/plain; charset=utf-8", "Hello.", "7bit");

/** How our part may be written. */
const encoded = fc.oneof(
  fc.integer({ min: 1, max: 76 }).map((width) => {
    const base64 = Buffer.from(envelopeText).toString("base64");
    return part(media, base64.replaceAll(new RegExp(`.{${width}}`, "g"), "$&\n"));
  }),
  fc.integer({ min: 1, max: 25 }).map((width) => {
    const octets = [...Buffer.from(envelopeText)].map(
      (octet) => `=${octet.toString(16).toUpperCase().padStart(2, "0")}`,
    );
    const lines = [];
    for (let at = 0; at < octets.length; at += width)
      lines.push(octets.slice(at, at + width).join(""));
    return part(media, lines.join("=\n"), "quoted-printable");
  }),
  fc.constant(part(media, envelopeText, "7bit")),
  fc.constant(
    part(
      `${media}; charset=utf-8; name="notification.outrider.json"`,
      Buffer.from(envelopeText).toString("base64"),
    ),
  ),
);

/** What RFC 2046 5.1.1 allows; never that of a part inside, for want of a Q. */
const boundaryChars = "0123456789abcXYZ'()+_,-./:=? ";
const boundary = fc
  .tuple(
    fc.string({ unit: fc.constantFrom(...boundaryChars.split("")), maxLength: 60 }),
    fc.constantFrom("a", "=", "'", "?"),
  )
  .map(([start, end]) => start + end);

const comment = fc.constantFrom("", "This is a message in MIME format.\n", "-- \nnot a boundary\n");

/** A header field that a relay, a list or a gateway adds, folded and encoded in its own way. */
const added = fc.constantFrom(
  "Received: from a.test (a.test [10.0.0.1])\n\tby b.test with ESMTP;\n Sun, 22 Nov 2026 12:00:00 +0000\n",
  "Subject: =?utf-8?B?R3LDvMOfZQ==?= =?iso-8859-1?Q?_=FCber?=\n  =?utf-8?Q?_alles?=\n",
  "From: =?utf-8?q?Outrider=2DDocument=3A?= <x@vendor.test>\n",
  "List-Id: <agents.site.test>\nPrecedence: list\n",
  "X-Spam-Status: No, score=-1.9 required=5.0 tests=A,B,\n\tC autolearn=ham\n",
  "DKIM-Signature: v=1; a=rsa-sha256; h=Outrider-Document:Subject;\n b=abc\n",
  `X-Long: ${"y".repeat(900)}\n`,
);

const honest = fc
  .record({
    ours: encoded,
    boundary,
    preamble: comment,
    epilogue: comment,
    fields: fc.array(added, { maxLength: 4 }),
    isSigned: fc.boolean(),
    hasFooter: fc.boolean(),
    lineEnd: fc.constantFrom("\n", "\r\n"),
    blanks: fc.boolean(),
  })
  .map((way) => {
    const { ours, boundary: outer, preamble, epilogue, fields, isSigned, hasFooter } = way;
    const inner = isSigned
      ? nested(
          "multipart/signed",
          "Qsig",
          nested("multipart/mixed", "Qin", text, ours),
          part("application/pgp-signature", "x", "7bit"),
        )
      : `${text}--${outer}\n${ours}`;
    const parts = hasFooter ? [inner, part("text/plain", "You are subscribed.", "7bit")] : [inner];
    const body = multipart(outer, ...parts).replaceAll(
      `--${outer}\n`,
      `--${outer}${way.blanks ? " \t" : ""}\n`,
    );
    const whole = mail(
      `${fields.join("")}Content-Type: multipart/mixed;\n boundary="${outer}"\n\n${preamble}${body}${epilogue}`,
    );
    return whole.replaceAll("\n", way.lineEnd);
  });

test("honest ways: always the same document", async () => {
  await fc.assert(
    fc.asyncProperty(honest, async (content) => {
      expect(await read(content)).toMatchObject({ verdict: "taken", document: envelopeText });
    }),
    { numRuns: 150 },
  );
});

test("other ways: the same document, or a refusal, and never another document", async () => {
  const damaged = fc
    .tuple(
      honest,
      fc.array(fc.tuple(fc.nat(), fc.nat(3), fc.string({ maxLength: 12 })), {
        minLength: 1,
        maxLength: 4,
      }),
    )
    .map(([whole, cuts]) =>
      cuts.reduce((text, [at, remove, insert]) => {
        const place = at % text.length;
        return text.slice(0, place) + insert + text.slice(place + remove);
      }, whole),
    );
  await fc.assert(
    fc.asyncProperty(damaged, async (content) => {
      const { verdict, document, leftovers } = await read(content);
      expect(["taken", "foreign", "MESSAGE_AMBIGUOUS", "MESSAGE_LIMIT"]).toContain(verdict);
      expect(leftovers).toEqual([]);
      if (verdict !== "taken") expect(document).toBeUndefined();
    }),
    { numRuns: 150 },
  );
});

test.each([
  ["of 71 characters", "b".repeat(71)],
  ["of none", ""],
  ["that ends with a blank", "b "],
  ["with a character that no boundary has", "b@b"],
  ["that is not ASCII", "bü"],
])("a boundary %s is refused", async (_, outer) => {
  const content = mail(
    `Content-Type: multipart/mixed; boundary="${outer}"\n\n${multipart(outer, part(media, Buffer.from(envelopeText).toString("base64")))}`,
  );
  expect(await read(content)).toMatchObject({ verdict: "MESSAGE_AMBIGUOUS", leftovers: [] });
});

test.each([
  ["an encoded word where the media type stands", part(`=?utf-8?q?${media}?=`, "e30=")],
  [
    "an encoded boundary",
    nested("multipart/mixed", "=?utf-8?q?x?=", part(media, "e30="))
      .replace('boundary="', "boundary*=utf-8''")
      .replace('"\n', "\n"),
  ],
  ["an encoded transfer encoding", part(media, "e30=", "=?utf-8?q?base64?=")],
  ["an unknown transfer encoding", part(media, "e30=", "x-uuencode")],
])("%s: refused, never guessed", async (_, body) => {
  const content = mail(nested("multipart/mixed", "outer", body));
  expect(await read(content)).toMatchObject({ verdict: "MESSAGE_AMBIGUOUS", leftovers: [] });
});
