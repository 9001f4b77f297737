import { expect, test } from "vitest";
import { Gathering } from "./gathering.ts";

test("many small pieces are few writes; a piece may be used again at once", async () => {
  const written: Buffer[] = [];
  const gathering = new Gathering(async (bytes) => void written.push(Buffer.from(bytes)));
  const piece = new Uint8Array(1000);
  for (let number = 0; number < 600; number++) {
    piece.fill(number);
    await gathering.push(piece);
  }
  await gathering.push(new Uint8Array(600_000).fill(7));
  await gathering.flush();
  await gathering.flush();
  const expected = Buffer.concat([
    ...Array.from({ length: 600 }, (_, number) => Buffer.alloc(1000, number)),
    Buffer.alloc(600_000, 7),
  ]);
  expect(Buffer.concat(written).equals(expected)).toBe(true);
  expect(written.length).toBe(Math.ceil(expected.length / (256 * 1024)));
});
