import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { OutriderError } from "../errors/index.ts";
import { openTerminal, type Terminal } from "./io.ts";
import { serverLogger } from "./server-log.ts";

/** What is written to the standard error of a `serve`, on a terminal or not. */
function record(isTTY: boolean, work: (terminal: Terminal) => void): string {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const io = {
    stdin: new PassThrough(),
    stdout: new PassThrough(),
    stderr,
    workingDirectory: "/",
    environment: {},
    signal: new AbortController().signal,
  };
  work(openTerminal(io, { json: false, verbose: false }));
  return String(stderr.read() ?? "");
}

test("where nobody looks, a line is one JSON object with time, level and what was told", () => {
  const error = new OutriderError("UNAVAILABLE", "The relay is away.", {
    cause: new Error("ECONNREFUSED"),
  });
  const text = record(false, (terminal) => {
    const logger = serverLogger(terminal);
    logger.log("debug", "not loud enough");
    logger.log("info", "A wave\nstarts.", { deployment: "d-1" });
    logger.log("error", "Sending failed.", { error });
  });
  const [first, second, ...rest] = text.trimEnd().split("\n");
  expect(rest).toEqual([]);
  expect(JSON.parse(first!)).toEqual({
    level: "info",
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    deployment: "d-1",
    message: "A wave\nstarts.",
  });
  expect(JSON.parse(second!)).toMatchObject({
    level: "error",
    message: "Sending failed.",
    error: {
      code: "UNAVAILABLE",
      message: "The relay is away.",
      cause: { message: "ECONNREFUSED" },
    },
  });
});

test("secrets are not written, wherever they hang", () => {
  const text = record(false, (terminal) =>
    serverLogger(terminal).log("warn", "The login was refused.", {
      password: "s3cret-1",
      relay: { host: "mail.example", password: "s3cret-2" },
      headers: { authorization: "Bearer s3cret-3" },
      bucket: { accessKeyId: "A", secretAccessKey: "s3cret-4" },
    }),
  );
  expect(text).not.toContain("s3cret");
  expect(JSON.parse(text)).toMatchObject({
    password: "[secret]",
    relay: { host: "mail.example", password: "[secret]" },
  });
});

test("on a terminal it is a line for a person", () => {
  const text = record(true, (terminal) =>
    serverLogger(terminal).log("info", "Version 2 is in force."),
  );
  expect(text).toMatch(/^\S+Z info {2}Version 2 is in force\.\n$/);
});
