import { expect, test } from "vitest";
import { processRunner } from "./program.ts";

const signal = new AbortController().signal;
const options = { directory: import.meta.dirname, environment: {}, signal };

test.each([
  ["a program that is not there", ["./no-such-program"]],
  ["an argument that no system takes", ["node", "a\0b"]],
  ["arguments without end", ["node", "x".repeat(10_000_000)]],
])("%s: it has failed, and is not thrown as if the disk had", async (_, argv) => {
  expect(await processRunner.run({ argv }, options)).toMatchObject({
    outcome: "failed",
    exitCode: -1,
    detail: expect.stringContaining("did not start"),
  });
});

test("only an abort is thrown", async () => {
  const aborted = { ...options, signal: AbortSignal.abort(new Error("stop")) };
  await expect(processRunner.run({ argv: ["node", "-e", ""] }, aborted)).rejects.toThrow("stop");
});
