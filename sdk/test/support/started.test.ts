import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { afterAll, expect, test } from "vitest";

// What is told last is done first: this looks at what `started.ts`, which is only read below, has left.
const left: ChildProcess[] = [];
afterAll(() => {
  expect(left.map(({ signalCode }) => signalCode)).toEqual(["SIGKILL"]);
});
const { started } = await import("./started.ts");

test("a program that its test leaves running ends with the file; one that has ended is let be", async () => {
  const endless = started(spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]));
  await once(endless, "spawn");
  left.push(endless);
  const [exit] = (await once(started(spawn(process.execPath, ["-e", ""])), "exit")) as [number];
  expect([exit, endless.exitCode]).toEqual([0, null]);
});
