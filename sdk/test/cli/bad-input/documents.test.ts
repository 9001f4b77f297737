/** Bad input, for every verb: files that are not what they should be. */
import { describe, test } from "vitest";
import { badInput, push, pushFile, sign, type Case } from "../support/bad-input.ts";
import { packageFolder } from "../support/vendor.ts";

const { holds } = badInput();

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
