/** Passphrases at a terminal: asked only where a key is locked, never shown, Ctrl-C is an interruption. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { outsideTool } from "../support/tools.ts";
import { startProgram } from "./support/program.ts";
import { makeKey, makePackage, makeVendor } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const passphrase = "correct horse";
let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  await makeVendor(workshop);
  await workshop.write("passphrase.txt", `${passphrase}\n`);
  await makeKey(workshop, "locked", "--passphrase-file", "passphrase.txt");
  await makePackage(workshop, "3.0.1");
});
afterAll(() => workshop.close());

const sign = ["sign", "dist/press-control-3.0.1", "--key", "keys/locked.secret.asc"];

test("a locked key is asked for its passphrase, which is not shown", async () => {
  const { exit, stderr } = await workshop.run(sign, { attended: true, stdin: `${passphrase}\n` });
  expect({ exit, stderr }).toMatchObject({ exit: 0 });
  expect(stderr).toContain("Passphrase of keys/locked.secret.asc: ");
  expect(stderr).not.toContain(passphrase);
});

test("a wrong one is refused", async () => {
  const { exit, stderr } = await workshop.run(sign, { attended: true, stdin: "battery\n" });
  expect(exit).toBe(1);
  expect(stderr).toMatch(/^error KEY_PASSPHRASE: /m);
});

test("a key that is open, and a passphrase in a file, are not asked for", async () => {
  for (const argv of [
    [...sign.slice(0, -1), "keys/ada.secret.asc"],
    [...sign, "--passphrase-file", "passphrase.txt"],
  ]) {
    const { exit, stderr } = await workshop.run(argv, { attended: true });
    expect(exit).toBe(0);
    expect(stderr).not.toContain("Passphrase");
  }
});

test("keys generate asks twice", async () => {
  const generate = ["keys", "generate", "keys/typed", "--name", "Typed"];
  const before = await workshop.snapshot();
  const differing = await workshop.run(generate, { attended: true, stdin: "one\ntwo\n" });
  expect(differing.exit).toBe(1);
  expect(await workshop.snapshot()).toEqual(before);

  const typed = await workshop.run(generate, {
    attended: true,
    stdin: `${passphrase}\n`.repeat(2),
  });
  expect(typed.exit).toBe(0);
  const { keys } = await workshop.json<{ keys: { place: string; secret: string }[] }>(
    "keys",
    "list",
    "keys",
  );
  expect(keys).toContainEqual(
    expect.objectContaining({ place: workshop.path("keys/typed.secret.asc"), secret: "locked" }),
  );

  for (const [path, argv, stdin] of [
    ["enter", [], "\n"],
    ["option", ["--no-passphrase"], ""],
  ] as const) {
    const open = await workshop.run(
      ["keys", "generate", `keys/${path}`, "--name", "Open", ...argv],
      { attended: true, stdin },
    );
    expect(open).toMatchObject({ exit: 0, stdout: expect.stringContaining("it is not locked") });
  }
});

test("at a real terminal: not echoed, and Ctrl-C ends with 130", async () => {
  const script = outsideTool("script");
  if (script === undefined) return;
  // script(1) of util-linux gives the program a terminal of its own; -e passes its exit code on.
  const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
  for (const { keys, exit } of [
    { keys: `${passphrase}\n`, exit: 0 },
    { keys: "\u0003", exit: 130 },
  ]) {
    const command = `'${process.execPath}' '${main}' ${sign.join(" ")}`;
    const program = startProgram(["-qec", command, "/dev/null"], {
      cwd: workshop.directory,
      program: script,
    });
    await program.says("Passphrase of keys/locked.secret.asc: ");
    program.type(keys);
    expect(await program.ended()).toEqual({ exit, signal: null });
    expect(program.stdout).not.toContain(passphrase);
  }
});
