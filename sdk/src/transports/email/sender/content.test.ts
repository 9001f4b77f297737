/** A mail is its header and its body, to the byte, however long the body is; and never in one large piece. */
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { streamOf, streamOfMail } from "./content.ts";

const piece = 48 * 1024;
const header = Buffer.from("Subject: x\r\n");

test.each([0, 1, piece - 1, piece, piece + 1, 5 * piece])("a body of %i bytes", async (length) => {
  // A part of something larger, as what was cut off a message is.
  const body = Buffer.alloc(length + 20, "body ").subarray(10, length + 10);
  expect(await buffer(streamOfMail(header, body))).toEqual(Buffer.concat([header, body]));
  expect(await buffer(streamOf(body))).toEqual(body);
  for await (const read of streamOfMail(header, body))
    expect((read as Buffer).length).toBeLessThanOrEqual(header.length + piece);
});
