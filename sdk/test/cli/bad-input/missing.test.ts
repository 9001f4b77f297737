/** Bad input, for every verb: what is not there, or is a folder. */
import { describe, test } from "vitest";
import { badInput, push, pushFile, sign, type Case } from "../support/bad-input.ts";
import { packageFolder } from "../support/vendor.ts";

const { holds } = badInput();

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
  ])("$what", (row) => holds({ ...row, code: "FILE_MISSING" }));

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
  ])("$what", (row) => holds({ ...row, code: "FILE_UNREADABLE", names: ["folder"] }));
});
