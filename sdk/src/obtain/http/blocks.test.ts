import { expect, test } from "vitest";
import { blocksOf } from "./blocks.ts";

async function* body(...texts: readonly (string | Error)[]): AsyncGenerator<Buffer> {
  for (const text of texts) {
    if (text instanceof Error) throw text;
    yield Buffer.from(text);
  }
}

async function read(blocks: AsyncIterable<Buffer>): Promise<string[]> {
  const read: string[] = [];
  try {
    for await (const block of blocks) read.push(block.toString());
  } catch (error) {
    read.push(String(error));
  }
  return read;
}

test.each([
  [["a", "b", "c"], ["abc"]],
  [
    ["abcd", "efgh", "ij"],
    ["abcde", "fghij"],
  ],
  [["abcdefghijkl"], ["abcde", "fghij", "kl"]],
  [[], []],
])("%j becomes %j", async (texts, expected) => {
  expect(await read(blocksOf(body(...texts), 5))).toEqual(expected);
});

test("what came before a cut is given before the cut", async () => {
  expect(await read(blocksOf(body("abc", "def", new Error("cut")), 5))).toEqual([
    "abcde",
    "f",
    "Error: cut",
  ]);
});

test("what comes slowly is not held back", async () => {
  async function* slow(): AsyncGenerator<Buffer> {
    for (const text of ["a", "b"]) {
      await new Promise((resolve) => setTimeout(resolve, 40));
      yield Buffer.from(text);
    }
  }
  expect(await read(blocksOf(slow(), 5))).toEqual(["a", "b"]);
});
