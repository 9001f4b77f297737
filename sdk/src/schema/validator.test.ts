import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as generated from "./index.ts";
import { type Validator, validator } from "./validator.ts";

const schemas = join(import.meta.dirname, "../../../schemas");
const vectors = join(schemas, "vectors");

/** The judge: ajv in strict mode over the same schemas. */
const ajv = new Ajv({ allErrors: true, strict: true, strictRequired: false });
const titles = new Map<string, string>();
for (const file of readdirSync(schemas).filter((name) => name.endsWith(".schema.json"))) {
  const schema = JSON.parse(readFileSync(join(schemas, file), "utf8")) as { title: string };
  ajv.addSchema(schema, file);
  titles.set(file.replace(".schema.json", ""), schema.title);
}

function validatorOf(name: string): Validator<unknown> {
  const all = generated as unknown as Readonly<Record<string, Validator<unknown>>>;
  const found = all[`validate${titles.get(name)}`];
  if (found === undefined) throw new Error(`no validator of ${name}`);
  return found;
}

function documents(name: string): readonly unknown[] {
  const folders = ["valid", "invalid"].map((kind) => join(vectors, name, kind));
  return folders
    .flatMap((folder) => readdirSync(folder).map((file) => join(folder, file)))
    .flatMap((file) => {
      try {
        return [JSON.parse(readFileSync(file, "utf8")) as unknown];
      } catch {
        return [];
      }
    });
}

/** Places in a document: the names that lead there. */
function placesIn(data: unknown): readonly (readonly string[])[] {
  if (typeof data !== "object" || data === null) return [[]];
  const inner = Object.entries(data).flatMap(([name, value]) =>
    placesIn(value).map((place) => [name, ...place]),
  );
  return [[], ...inner];
}

/** A copy in which one place holds another value, or nothing, or has one member more. */
function damage(
  data: unknown,
  place: readonly string[],
  change: "drop" | "add" | "set",
  value: unknown,
): unknown {
  const [name, ...rest] = place;
  if (name === undefined) {
    const isRecord = typeof data === "object" && data !== null && !Array.isArray(data);
    return change === "add" && isRecord ? { ...data, more: value } : value;
  }
  const copy: unknown = structuredClone(data);
  const holder = copy as Record<string, unknown>;
  if (rest.length > 0 || change !== "drop")
    holder[name] = damage(holder[name], rest, change, value);
  else if (Array.isArray(copy)) copy.splice(Number(name), 1);
  else delete holder[name];
  return copy;
}

/** Values that often stand just beyond what a schema allows. */
const anything = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom("", "a", "A", "0", 0, 1, -1, 0.5, 2 ** 53, true, null, [], {}, ["a", "a"]),
  fc.constantFrom(
    "unc",
    "http",
    "same",
    "schedule",
    "1.0.0",
    "../x",
    "a/b",
    "\u202e",
    "😀".repeat(2000),
  ),
);

describe.each([...titles.keys()].filter((name) => name !== "common"))("%s", (name) => {
  const judge = ajv.getSchema(`${name}.schema.json`);
  const validate = validatorOf(name);

  test("judges damaged documents as ajv does", () => {
    const originals = documents(name);
    const damaged = fc
      .constantFrom(...originals)
      .chain((document) =>
        fc
          .tuple(
            fc.constantFrom(...placesIn(document)),
            fc.constantFrom("drop", "add", "set"),
            anything,
          )
          .map(([place, change, value]) => damage(document, place, change as "set", value)),
      );
    fc.assert(
      fc.property(damaged, (document) => {
        const accepted = validate(document);
        expect(accepted).toBe(judge?.(document));
        expect(validate.errors === null).toBe(accepted);
      }),
      { numRuns: 1000 },
    );
  });
});

test("an own member named like one of Object.prototype is a member like any other", () => {
  const strict = validator({ type: "object", properties: {}, additionalProperties: false });
  for (const name of ["__proto__", "constructor", "toString"]) {
    expect(strict(JSON.parse(`{"${name}":1}`))).toBe(false);
  }
  expect(validator({ type: "object", required: ["toString"] })({})).toBe(false);
});

test("a hostile document does not make a longer list of errors than a person reads", () => {
  const numbers = validator({ type: "array", items: { type: "number" } });
  expect(numbers(Array.from({ length: 100_000 }, () => "x"))).toBe(false);
  expect(numbers.errors).toHaveLength(100);
});
