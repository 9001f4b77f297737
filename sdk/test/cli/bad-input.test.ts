/**
 * Bad input, for every verb: one clear error that names the file and the place in it, the exit code, no
 * stack trace, and nothing written. All cases share one folder: each leaves it as it was.
 */
import { once } from "node:events";
import { createServer } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { errorAdvice, errorTable, type ErrorCode } from "../../src/errors/index.ts";
import { makeKey, makeVendor, packageFolder, source } from "./support/vendor.ts";
import { Workshop, type Surroundings } from "./support/workshop.ts";

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
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
});
afterAll(() => workshop.close());

interface Case extends Surroundings {
  readonly what: string;
  readonly argv: string;
  readonly code: ErrorCode;
  /** What the message must name: the file, and the place in it. */
  readonly names: readonly string[];
}

async function holds({ argv, code, names, ...surroundings }: Case): Promise<void> {
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

const missing = "FILE_MISSING";
const unreadable = "FILE_UNREADABLE";
const sign = `sign ${packageFolder} --key`;
const push = "push --server http://127.0.0.1:9/ --group all --key keys/ada.secret.asc --package";
const pushFile = `${push} ${packageFolder}`
  .replace("push ", "push FILE ")
  .replace("--group all ", "");

describe("a missing file", () => {
  test.for<Omit<Case, "code">>([
    { what: "validate", argv: "validate nowhere.json", names: ["nowhere.json"] },
    { what: "validate, a glob", argv: "validate no*.push.json", names: ["no*.push.json"] },
    { what: "keys list", argv: "keys list nowhere", names: ["nowhere"] },
    { what: "keys export", argv: "keys export nowhere.asc", names: ["nowhere.asc"] },
    { what: "keys import", argv: "keys import nowhere.asc --to made", names: ["nowhere.asc"] },
    {
      what: "keys generate, its passphrase",
      argv: "keys generate made/x --name X --passphrase-file nowhere.txt",
      names: ["nowhere.txt"],
    },
    {
      what: "trust init, a root certificate",
      argv: "trust init --trust made.json --root nowhere.asc --server keys/server.asc",
      names: ["nowhere.asc"],
    },
    {
      what: "trust init, the server's certificate",
      argv: "trust init --trust made.json --root keys/root.asc --server nowhere.asc",
      names: ["nowhere.asc"],
    },
    {
      what: "trust add-key",
      argv: "trust add-key nowhere.asc --role root",
      names: ["nowhere.asc"],
    },
    { what: "trust sign", argv: "trust sign --key nowhere.asc", names: ["nowhere.asc"] },
    { what: "build", argv: "build nowhere.json --out made", names: ["nowhere.json"] },
    {
      what: "sign, the package",
      argv: "sign nowhere --key keys/ada.secret.asc",
      names: ["nowhere"],
    },
    { what: "sign, the key", argv: `${sign} nowhere.asc`, names: ["nowhere.asc"] },
    { what: "verify", argv: "verify nowhere.outrider", names: ["nowhere.outrider"] },
    { what: "inspect", argv: "inspect nowhere.outrider", names: ["nowhere.outrider"] },
    { what: "trust recall", argv: "trust recall nowhere", names: ["nowhere"] },
    { what: "agents import", argv: "agents import nowhere.csv", names: ["nowhere.csv"] },
    {
      what: "agents list, the configuration",
      argv: "agents list --config nowhere.json",
      names: ["nowhere.json"],
    },
    { what: "audit show", argv: "audit show", names: ["audit.jsonl", "never ran"] },
    {
      what: "audit verify, the configuration",
      argv: "audit verify --config nowhere.json",
      names: ["nowhere.json"],
    },
    { what: "trigger receive", argv: "trigger receive nowhere.json", names: ["nowhere.json"] },
    {
      what: "status, its token",
      argv: "status --server http://127.0.0.1:9/ --token-file nowhere.txt",
      names: ["nowhere.txt"],
    },
    {
      what: "pause, its key",
      argv: "pause 22308cd7-3960-463b-af2e-46774daee257 --reason x --server http://127.0.0.1:9/ --key nowhere.asc",
      names: ["nowhere.asc"],
    },
    {
      what: "sign, a signature made elsewhere",
      argv: `sign ${packageFolder} --signature nowhere.asc`,
      names: ["nowhere.asc"],
    },
    { what: "publish, the package", argv: "publish nowhere.outrider", names: ["nowhere.outrider"] },
    {
      what: "publish, the configuration",
      argv: `publish ${packageFolder} --config nowhere.json`,
      names: ["nowhere.json"],
    },
    { what: "serve", argv: "serve nowhere.json", names: ["nowhere.json"] },
    { what: "serve, its key", argv: "serve no-key-server.json", names: ["nowhere.asc"] },
    { what: "push, the package", argv: `${push} nowhere.outrider`, names: ["nowhere.outrider"] },
    {
      what: "push, the push file",
      argv: pushFile.replace("FILE", "nowhere.push.json"),
      names: ["nowhere.push.json"],
    },
    { what: "agent run", argv: "agent run nowhere.json", names: ["nowhere.json"] },
    { what: "agent receive", argv: "agent receive nowhere.json", names: ["nowhere.json"] },
    { what: "agent status", argv: "agent status nowhere.json", names: ["nowhere.json"] },
  ])("$what", (row) => holds({ ...row, code: missing }));

  test.for<Omit<Case, "code">>([
    { what: "trust show", argv: "trust show --trust nowhere.json", names: ["nowhere.json"] },
    { what: "trust rotate", argv: "trust rotate --trust nowhere.json", names: ["nowhere.json"] },
    {
      what: "trust remove-key",
      argv: "trust remove-key ABCD --trust nowhere.json",
      names: ["nowhere.json"],
    },
    {
      what: "trust sign",
      argv: "trust sign --trust nowhere.json --key keys/root.secret.asc",
      names: ["nowhere.json"],
    },
    {
      what: "verify",
      argv: `verify ${packageFolder} --trust nowhere.json`,
      names: ["nowhere.json"],
    },
    {
      what: "sign",
      argv: `${sign} keys/ada.secret.asc --trust nowhere.json`,
      names: ["nowhere.json"],
    },
    {
      what: "publish",
      argv: `publish ${packageFolder} --config no-trust-server.json`,
      names: ["nowhere.json"],
    },
    { what: "serve", argv: "serve no-trust-server.json", names: ["nowhere.json"] },
    ...["run", "receive", "status"].map((verb) => ({
      what: `agent ${verb}`,
      argv: `agent ${verb} no-trust-agent.json`,
      names: ["nowhere.json"],
    })),
  ])("of trust: $what", (row) => holds({ ...row, code: "TRUST_MISSING" }));
});

describe("a folder where a file is needed", () => {
  test.for<Omit<Case, "code" | "names">>([
    { what: "validate", argv: "validate folder" },
    { what: "keys export", argv: "keys export folder" },
    { what: "keys import", argv: "keys import folder --to made" },
    { what: "keys generate", argv: "keys generate made/x --name X --passphrase-file folder" },
    { what: "trust init", argv: "trust init --trust made.json --root folder --server folder" },
    { what: "trust add-key", argv: "trust add-key folder --role root" },
    { what: "trust show", argv: "trust show --trust folder" },
    { what: "trust sign", argv: "trust sign --key folder" },
    { what: "build", argv: "build folder --out made" },
    { what: "sign", argv: `${sign} folder` },
    { what: "verify, the trust document", argv: `verify ${packageFolder} --trust folder` },
    { what: "publish", argv: `publish ${packageFolder} --config folder` },
    { what: "serve", argv: "serve folder" },
    { what: "push", argv: pushFile.replace("FILE", "folder") },
    { what: "agent run", argv: "agent run folder" },
    { what: "agent receive", argv: "agent receive folder" },
    { what: "agent status", argv: "agent status folder" },
  ])("$what", (row) => holds({ ...row, code: unreadable, names: ["folder"] }));
});

describe("a file that is not what it should be", () => {
  test.for<Case>([
    {
      what: "build: no JSON",
      argv: "build broken.json --out made",
      code: "JSON_SYNTAX",
      names: ["broken.json:3:17"],
    },
    {
      what: "build: not UTF-8",
      argv: "build latin1.json --out made",
      code: "JSON_ENCODING",
      names: ["latin1.json"],
    },
    {
      what: "serve: no JSON",
      argv: "serve broken.json",
      code: "JSON_SYNTAX",
      names: ["broken.json:3:17"],
    },
    {
      what: "publish: no JSON",
      argv: `publish ${packageFolder} --config broken.json`,
      code: "JSON_SYNTAX",
      names: ["broken.json:3:17"],
    },
    {
      what: "push: no JSON",
      argv: pushFile.replace("FILE", "broken.json"),
      code: "JSON_SYNTAX",
      names: ["broken.json:3:17"],
    },
    ...["run", "receive", "status"].map((verb): Case => ({
      what: `agent ${verb}: no JSON`,
      argv: `agent ${verb} broken.json`,
      code: "JSON_SYNTAX",
      names: ["broken.json:3:17"],
    })),
    {
      what: "verify: a trust document that is no JSON",
      argv: `verify ${packageFolder} --trust broken.json`,
      code: "JSON_SYNTAX",
      names: ["broken.json:3:17"],
    },
    {
      what: "trust show: no JSON",
      argv: "trust show --trust broken.json",
      code: "JSON_SYNTAX",
      names: ["broken.json:3:17"],
    },
    {
      what: "verify: no archive",
      argv: "verify rubbish.outrider",
      code: "PACKAGE_MALFORMED",
      names: ["rubbish.outrider"],
    },
    {
      what: "publish: no archive",
      argv: "publish rubbish.outrider",
      code: "PACKAGE_MALFORMED",
      names: ["rubbish.outrider"],
    },
    {
      what: "push: no archive",
      argv: `${push} rubbish.outrider`,
      code: "PACKAGE_MALFORMED",
      names: ["rubbish.outrider"],
    },
    {
      what: "keys export: no key",
      argv: "keys export rubbish.asc",
      code: "KEY_MISSING",
      names: ["rubbish.asc"],
    },
    {
      what: "keys import: no key",
      argv: "keys import rubbish.asc --to made",
      code: "KEY_MISSING",
      names: ["rubbish.asc"],
    },
    {
      what: "sign: no key",
      argv: `${sign} rubbish.asc`,
      code: "KEY_MISSING",
      names: ["rubbish.asc"],
    },
    {
      what: "trust add-key: no certificate",
      argv: "trust add-key rubbish.asc --role root",
      code: "KEY_REFUSED",
      names: ["rubbish.asc"],
    },
    {
      what: "agent run: a trust document that is something else",
      argv: "agent run bad-trust-agent.json",
      code: "DOCUMENT_INVALID",
      names: ["field-agent.json"],
    },
  ])("$what", holds);
});

describe("a duplicate key", () => {
  test.for<Pick<Case, "what" | "argv">>([
    { what: "build", argv: "build twice.json --out made" },
    { what: "serve", argv: "serve twice.json" },
    { what: "publish", argv: `publish ${packageFolder} --config twice.json` },
    { what: "push", argv: pushFile.replace("FILE", "twice.json") },
    { what: "agent run", argv: "agent run twice.json" },
    { what: "trust show", argv: "trust show --trust twice.json" },
  ])("$what", (row) =>
    holds({ ...row, code: "JSON_DUPLICATE_KEY", names: ["twice.json:3:3", '"name"'] }),
  );
});

describe("an unknown field, a wrong type", () => {
  test.for<Omit<Case, "code">>([
    {
      what: "build",
      argv: "build field.outrider.json --out made",
      names: ["field.outrider.json", "/colour"],
    },
    {
      what: "build, type",
      argv: "build type.outrider.json --out made",
      names: ["type.outrider.json", "/version"],
    },
    { what: "serve", argv: "serve field-server.json", names: ["field-server.json", "/colour"] },
    {
      what: "trigger receive",
      argv: "trigger receive field-server.json",
      names: ["field-server.json", "/colour"],
    },
    {
      what: "agents list",
      argv: "agents list --config field-server.json",
      names: ["field-server.json", "/colour"],
    },
    {
      what: "init, a bad name",
      argv: "init made.json --name Bad_Name",
      names: ["made.json", "/name"],
    },
    {
      what: "serve, type",
      argv: "serve type-server.json",
      names: ["type-server.json", "/listen/port"],
    },
    {
      what: "publish",
      argv: `publish ${packageFolder} --config field-server.json`,
      names: ["field-server.json", "/colour"],
    },
    {
      what: "push",
      argv: pushFile.replace("FILE", "field.push.json"),
      names: ["field.push.json", "/colour"],
    },
    {
      what: "push, type",
      argv: pushFile.replace("FILE", "type.push.json"),
      names: ["type.push.json", "/audience/groups"],
    },
    {
      what: "agent run",
      argv: "agent run field-agent.json",
      names: ["field-agent.json", "/colour"],
    },
    {
      what: "agent run, type",
      argv: "agent run type-agent.json",
      names: ["type-agent.json", "/groups"],
    },
    {
      what: "agent receive",
      argv: "agent receive field-agent.json",
      names: ["field-agent.json", "/colour"],
    },
    {
      what: "agent status",
      argv: "agent status field-agent.json",
      names: ["field-agent.json", "/colour"],
    },
  ])("$what", (row) => holds({ ...row, code: "DOCUMENT_INVALID" }));
});

describe("a key that does not open, or is not there", () => {
  const locked = "--key keys/locked.secret.asc --passphrase-file wrong.txt";
  test.for<Omit<Case, "code">>([
    { what: "sign", argv: `sign ${packageFolder} ${locked}`, names: ["keys/locked.secret.asc"] },
    { what: "trust sign", argv: `trust sign ${locked}`, names: ["keys/locked.secret.asc"] },
    { what: "push", argv: `${push} ${packageFolder} ${locked}`, names: ["keys/locked.secret.asc"] },
    { what: "serve", argv: "serve locked-server.json", names: ["keys/locked.secret.asc"] },
    {
      what: "sign, without a passphrase where nobody can be asked",
      argv: `sign ${packageFolder} --key keys/locked.secret.asc`,
      names: ["keys/locked.secret.asc", "--passphrase-file"],
    },
  ])("wrong passphrase: $what", (row) => holds({ ...row, code: "KEY_PASSPHRASE" }));

  test.for<Omit<Case, "code">>([
    { what: "sign", argv: `sign ${packageFolder}`, names: ["--key"] },
    { what: "trust sign", argv: "trust sign", names: ["--key"] },
    {
      what: "push",
      argv: `push --group all --package ${packageFolder} --server http://127.0.0.1:9/`,
      names: ["--key"],
    },
    { what: "sign, only a certificate", argv: `${sign} keys/ada.asc`, names: ["keys/ada.asc"] },
  ])("missing: $what", (row) => holds({ ...row, code: "KEY_MISSING" }));
});

describe("a file that is there already", () => {
  test.for<Omit<Case, "code">>([
    { what: "keys generate", argv: "keys generate keys/ada --name Ada", names: ["keys/ada.asc"] },
    {
      what: "trust init",
      argv: "trust init --root keys/root.asc --server keys/server.asc",
      names: ["trust.json"],
    },
    { what: "keys export", argv: "keys export keys/ada.asc --out wrong.txt", names: ["wrong.txt"] },
    { what: "init", argv: "init --name x", names: ["outrider.json"] },
    { what: "push", argv: `${push} ${packageFolder} --out wrong.txt`, names: ["wrong.txt"] },
    {
      what: "build, a signed package",
      argv: "build --released-at 2026-11-22T12:00:00Z",
      names: [packageFolder],
    },
  ])("$what", (row) => holds({ ...row, code: "FILE_EXISTS" }));
});

test("a server on a port that is taken says so", async () => {
  const other = createServer().listen(0, "127.0.0.1");
  await once(other, "listening");
  const { port } = other.address() as { port: number };
  const config = JSON.parse(await workshop.read("outrider-server.json")) as object;
  await workshop.write("busy-server.json", { ...config, listen: { port } });
  await holds({
    what: "",
    argv: "serve busy-server.json",
    code: "PORT_BUSY",
    names: [String(port)],
  });
  other.close();
});

test("a server that does not answer", () =>
  holds({
    what: "",
    argv: `${push} ${packageFolder}`,
    code: "UNAVAILABLE",
    names: ["http://127.0.0.1:9/triggers"],
  }));

describe("a command line that makes no sense", () => {
  test.for([
    ["no command", ""],
    ["an unknown command", "biuld"],
    ["an unknown option", "build --colour red"],
    ["a missing argument", "verify"],
    ["an argument too many", "trust show trust.json"],
    ["a missing option", "keys generate keys/x"],
    ["an option that is none of the choices", "trust add-key keys/ada.asc --role king"],
    ["a number that is none", "build --threads many"],
    ["a date that is none", "keys generate keys/x --name X --expires tomorrow"],
    ["two options that exclude each other", `${sign} keys/ada.secret.asc --gpg ABCD`],
  ])("%s", async ([, line = ""]) => {
    const argv = line.split(" ").filter((word) => word !== "");
    const before = await workshop.snapshot();
    const plain = await workshop.run(argv);
    const machine = await workshop.run([...argv, "--json"]);
    expect(await workshop.snapshot()).toEqual(before);
    expect(plain).toMatchObject({ exit: 2, stdout: "" });
    expect(plain.stderr).toContain("--help");
    expect(machine.exit).toBe(2);
    expect(JSON.parse(machine.stdout)).toMatchObject({ error: { code: "CONFIG_INVALID" } });
  });

  const mailed = `push --group all --key keys/ada.secret.asc --package ${packageFolder} --via mail`;
  test.for<Omit<Case, "code">>([
    { what: "no mailbox", argv: `${mailed} --from ada@hall.test`, names: ["--to"] },
    {
      what: "a relay that is none",
      argv: `${mailed} --to a@hall.test --from b@hall.test --smtp-server mail.test/x`,
      names: ["mail.test/x"],
    },
    {
      what: "a user without a password",
      argv: `${mailed} --to a@hall.test --from b@hall.test --smtp-server mail.test --smtp-user b`,
      names: ["--smtp-password-file"],
    },
    {
      what: "no TLS to another machine",
      argv: `${mailed} --to a@hall.test --from b@hall.test --smtp-server mail.test --smtp-tls none`,
      names: ["mail.test"],
    },
    {
      what: "an answer from a mailbox",
      argv: `${mailed} --to a@hall.test --from b@hall.test --smtp-server mail.test --wait`,
      names: ["--wait"],
    },
  ])("an order by mail: $what", (row) => holds({ ...row, code: "CONFIG_INVALID" }));

  test("a trust document needs to know for what", () =>
    holds({
      what: "",
      argv: "trust add-key keys/ada.asc --role release",
      code: "CONFIG_INVALID",
      names: ["--package"],
    }));
});
