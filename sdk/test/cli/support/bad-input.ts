/**
 * A folder with everything that a command may be given, good and bad, and what every refusal must be: one clear error
 * that names the file and the place in it, the exit code, no stack trace, and nothing written.
 */
import { afterAll, beforeAll, expect } from "vitest";
import { errorAdvice } from "../../../src/errors/advice.ts";
import { errorTable, type ErrorCode } from "../../../src/errors/index.ts";
import { makeKey, makeVendor, packageFolder, source } from "./vendor.ts";
import { Workshop, type Surroundings } from "./workshop.ts";

/** One command that is to be refused. */
export interface Case extends Surroundings {
  readonly what: string;
  readonly argv: string;
  readonly code: ErrorCode;
  /** What the message must name: the file, and the place in it. */
  readonly names: readonly string[];
}

/** Beginnings of commands that are otherwise good. */
export const sign: string = `sign ${packageFolder} --key`;
export const push: string =
  "push --server http://127.0.0.1:9/ --group all --key keys/ada.secret.asc --package";
export const pushFile: string = `${push} ${packageFolder}`
  .replace("push ", "push FILE ")
  .replace("--group all ", "");

/** For a test file; called once. All its cases share one folder: each leaves it as it was. */
export function badInput(): {
  readonly workshop: Workshop;
  readonly holds: (row: Case) => Promise<void>;
} {
  let workshop: Workshop;
  beforeAll(async () => {
    workshop = await prepare();
  });
  afterAll(() => workshop.close());
  return {
    get workshop() {
      return workshop;
    },
    holds: (row) => refuses(workshop, row),
  };
}

async function prepare(): Promise<Workshop> {
  const workshop = await Workshop.open();
  const { server } = await makeVendor(workshop);
  await workshop.write("passphrase.txt", "correct horse\n");
  await workshop.write("wrong.txt", "battery staple\n");
  await makeKey(workshop, "locked", "--passphrase-file", "passphrase.txt");
  await workshop.write("folder/keep.txt", "a folder where a file is needed");
  await workshop.write("broken.json", '{\n  "name": "press-control",\n  "version": 3.0.0\n}');
  await workshop.write("latin1.json", Buffer.from('{"name": "caf\xe9"}', "latin1"));
  await workshop.write("rubbish.asc", "rubbish");
  await workshop.write("rubbish.outrider", "rubbish");
  await workshop.write("twice.json", '{\n  "name": "press-control",\n  "name": "other"\n}');
  await workshop.write("field.outrider.json", { ...source, colour: "red" });
  await workshop.write("type.outrider.json", { ...source, version: 3 });
  await workshop.write("field.push.json", {
    package: "press-control",
    audience: { groups: ["all"] },
    colour: "red",
  });
  await workshop.write("type.push.json", {
    package: "press-control",
    audience: { groups: "all" },
  });
  const serverConfig = {
    dataDirectory: "server-data",
    trustFile: "trust.json",
    key: { file: server.secretKey },
    listen: { port: 0 },
  };
  await workshop.write("outrider-server.json", serverConfig);
  await workshop.write("field-server.json", { ...serverConfig, colour: "red" });
  await workshop.write("type-server.json", { ...serverConfig, listen: { port: "80" } });
  await workshop.write("no-key-server.json", { ...serverConfig, key: { file: "nowhere.asc" } });
  await workshop.write("no-trust-server.json", { ...serverConfig, trustFile: "nowhere.json" });
  await workshop.write("locked-server.json", {
    ...serverConfig,
    key: { file: "keys/locked.secret.asc", passphraseFile: "wrong.txt" },
  });
  const agentConfig = {
    id: "ship-1",
    groups: ["ships"],
    dataDirectory: "agent-data",
    installDirectory: "agent-installed",
    trustFile: "trust.json",
    receivers: [{ kind: "unc", root: "share" }],
  };
  await workshop.write("outrider-agent.json", agentConfig);
  await workshop.write("field-agent.json", { ...agentConfig, colour: "red" });
  await workshop.write("type-agent.json", { ...agentConfig, groups: "ships" });
  await workshop.write("no-trust-agent.json", { ...agentConfig, trustFile: "nowhere.json" });
  await workshop.write("bad-trust-agent.json", { ...agentConfig, trustFile: "field-agent.json" });
  return workshop;
}

async function refuses(
  workshop: Workshop,
  { argv, code, names, ...surroundings }: Case,
): Promise<void> {
  const before = await workshop.snapshot();
  const words = argv.split(" ");
  const plain = await workshop.run(words, surroundings);
  const machine = await workshop.run([...words, "--json"], surroundings);
  const verbose = await workshop.run([...words, "--verbose"], surroundings);
  expect(await workshop.snapshot()).toEqual(before);

  const { exit } = errorTable[code];
  const { remedy } = errorAdvice[code];
  expect(plain).toMatchObject({ exit, stdout: "" });
  expect(plain.stderr).toMatch(new RegExp(`^error ${code}: `, "m"));
  expect(plain.stderr).toContain(remedy);
  for (const name of names) expect(plain.stderr).toContain(name);
  expect(plain.stderr).not.toMatch(/^\s+at /m);
  expect(verbose.stderr).toMatch(/^\s+at /m);

  expect(machine.exit).toBe(exit);
  expect(machine.stdout.trimEnd()).not.toContain("\n");
  const { error } = JSON.parse(machine.stdout) as { error: Record<string, unknown> };
  expect(error).toMatchObject({ code, step: errorTable[code].step });
  for (const name of names) expect(String(error["message"])).toContain(name);
}
