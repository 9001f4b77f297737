import fc from "fast-check";
import MimeNode from "nodemailer/lib/mime-node";
import { expect, test } from "vitest";
import { decoderFor } from "./decode.ts";

async function encodedLines(bytes: Uint8Array, encoding: string): Promise<string[]> {
  // In a multipart, where the line end before the boundary is no part of the content, be its own last one or not.
  const whole = new MimeNode("multipart/mixed");
  whole
    .createChild("application/octet-stream")
    .setHeader("Content-Transfer-Encoding", encoding)
    .setContent(Buffer.from(bytes));
  const built = (await whole.build()).toString("latin1");
  const child = built.slice(built.indexOf("Content-Transfer-Encoding"));
  return child.slice(child.indexOf("\r\n\r\n") + 4, child.lastIndexOf("\r\n--")).split("\r\n");
}

function decode(lines: readonly string[], encoding: string): Buffer {
  const decoder = decoderFor(encoding)!;
  // What is given is good until the next call only.
  const pieces = lines.map((line) => Buffer.from(decoder.push(line)));
  return Buffer.concat([...pieces, decoder.end()]);
}

test.each(["base64", "quoted-printable"])(
  "%s: what another encoder wrote comes back",
  async (encoding) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 400 }), async (bytes) => {
        expect(decode(await encodedLines(bytes, encoding), encoding)).toEqual(Buffer.from(bytes));
      }),
    );
  },
);

test("base64 may be cut into lines anywhere", () => {
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      fc.integer({ min: 1, max: 9 }),
      (bytes, width) => {
        const lines =
          Buffer.from(bytes)
            .toString("base64")
            .match(new RegExp(`.{1,${width}}`, "g")) ?? [];
        expect(decode(lines, "base64")).toEqual(Buffer.from(bytes));
      },
    ),
  );
});

test("base64 of any length, in lines of any length, also longer than what is decoded together", () => {
  const bytes = Buffer.from(Array.from({ length: 200_001 }, (_, index) => (index * 31) % 251));
  for (const width of [76, 998, 32_767, 65_000])
    expect(
      decode(bytes.toString("base64").match(new RegExp(`.{1,${width}}`, "g")) ?? [], "base64"),
    ).toEqual(bytes);
});

test.each([
  ["QQ=", "QUJD"],
  ["QQ==", "QUJD"],
  ["QQ=", "=="],
  ["QUJD", "="],
])("base64 that goes on where it has ended is refused: %j", (...lines) => {
  expect(() => decode(lines, "base64")).toThrow(
    expect.objectContaining({ code: "MESSAGE_AMBIGUOUS" }),
  );
});

test.each(["Q", "QQ", "QQ=", "=", "QQ==QQ==", "Q=Q=", "QQ= =", "QÄ=="])(
  "base64 %j is refused",
  (line) => {
    expect(() => decode([line], "base64")).toThrow(
      expect.objectContaining({ code: "MESSAGE_AMBIGUOUS" }),
    );
  },
);

test("quoted-printable: blanks at the end of a line were added on the way", () => {
  expect(decode(["a=20  \t", "b= ", "c"], "quoted-printable").toString()).toBe("a \r\nbc");
});
