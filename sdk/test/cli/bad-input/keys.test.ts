/** Bad input, for every verb: keys that do not open, and files that would be written over. */
import { describe, test } from "vitest";
import { badInput, push, sign, type Case } from "../support/bad-input.ts";
import { packageFolder } from "../support/vendor.ts";

const { holds } = badInput();

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
