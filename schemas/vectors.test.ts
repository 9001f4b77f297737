/** Every schema is held to its vectors: what is valid passes; what is invalid is refused at the pointer named. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as schema from "../sdk/src/schema/index.ts";

const validators: Readonly<Record<string, schema.Validator<unknown>>> = {
  agent: schema.validateAgentConfig,
  archive: schema.validateArchiveIndex,
  catalog: schema.validateCatalog,
  control: schema.validateControl,
  envelope: schema.validateSignedEnvelope,
  manifest: schema.validateManifest,
  notification: schema.validateNotification,
  outrider: schema.validateSourceManifest,
  push: schema.validatePushFile,
  receipt: schema.validateReceipt,
  server: schema.validateServerConfig,
  trigger: schema.validateTrigger,
  trust: schema.validateTrust,
};
const vectors = join(import.meta.dirname, "vectors");
const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith(".schema.json") && file !== "common.schema.json")
  .map((file) => file.slice(0, -".schema.json".length));

function read(...path: string[]): string {
  return readFileSync(join(vectors, ...path), "utf8");
}

test("every schema has a validator and vectors", () => {
  expect(Object.keys(validators).toSorted()).toEqual(names.toSorted());
  expect(readdirSync(vectors).toSorted()).toEqual(names.toSorted());
});

describe.each(names)("%s", (name) => {
  const validator = validators[name] ?? schema.validateTrust;
  const expected = JSON.parse(read(name, "invalid.json")) as Record<string, string>;

  test.each(readdirSync(join(vectors, name, "valid")))("valid: %s", (file) => {
    expect(schema.findProblems(read(name, "valid", file), validator, file)).toEqual([]);
  });

  test("every invalid vector has its pointer", () => {
    const files = readdirSync(join(vectors, name, "invalid")).map((file) =>
      file.replace(/\.json$/, ""),
    );
    expect(files.toSorted()).toEqual(Object.keys(expected).toSorted());
    expect(files.length).toBeGreaterThan(1);
  });

  test.each(Object.entries(expected))("invalid: %s at %s", (file, pointer) => {
    const problems = schema.findProblems(read(name, "invalid", `${file}.json`), validator, file);
    expect(problems.map((problem) => problem.pointer)).toContain(pointer);
  });
});
