/** Ctrl-C in the middle of work: exit code 130, and nothing half-done is left. */
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
beforeAll(async () => {
  workshop = await Workshop.open();
  keys = await makeVendor(workshop);
});
afterAll(() => workshop.close());

test("a push to a server that never answers ends when it is told to", async () => {
  const silent = createServer(() => undefined).listen(0, "127.0.0.1");
  await once(silent, "listening");
  const { port } = silent.address() as { port: number };
  const asked = once(silent, "request");
  const push = workshop.start(
    "push",
    "--package",
    packageFolder,
    "--group",
    "all",
    "--server",
    `http://127.0.0.1:${port}/`,
    "--key",
    keys.ada.secretKey,
  );
  await asked;
  push.signal("SIGINT");
  expect(await push.ended()).toEqual({ exit: 130, signal: null });
  expect(push).toMatchObject({ stdout: "", stderr: "Interrupted.\n" });
  silent.closeAllConnections();
  silent.close();
});

test("a build that is broken off leaves no file behind", async () => {
  await workshop.write("payload/large.bin", randomBytes(96_000_000));
  const before = await workshop.snapshot();
  const stop = new AbortController();
  const building = workshop.run(["build", "--out", "other", "--json"], { signal: stop.signal });
  // In the middle: the folder in the making is there, and there is much to compress.
  await expect
    .poll(() => existsSync(workshop.path("other/press-control-3.0.0.partial")))
    .toBe(true);
  stop.abort();
  const { exit, stdout } = await building;
  expect(exit).toBe(130);
  expect(JSON.parse(stdout)).toMatchObject({ error: { code: "CANCELLED" } });
  const after = await workshop.snapshot();
  expect(after.filter((line) => !/^other(\/press-control-3\.0\.0)? \S+ -$/.test(line))).toEqual(
    before,
  );
});

test.for([
  ["verify", `verify ${packageFolder}`],
  ["sign", `sign ${packageFolder} --key keys/ada.secret.asc`],
  ["trust sign", "trust sign --key keys/root.secret.asc"],
  ["build", "build --out third"],
])("%s, interrupted before it began", async ([, line = ""]) => {
  const before = await workshop.snapshot();
  const outcome = await workshop.run(line.split(" "), { signal: AbortSignal.abort() });
  expect(outcome).toMatchObject({ exit: 130, stdout: "" });
  expect(await workshop.snapshot()).toEqual(before);
});
