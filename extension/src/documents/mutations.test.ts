/**
 * The editor and the SDK agree also on what nobody wrote a vector for: every valid document, damaged in every place.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { findProblems, fileKinds } from "@outrider/sdk/schema";
import { expect, test } from "vitest";
import { serviceFindings } from "./examine.ts";
import { inEnglish } from "./finding.ts";
import { languageSchemas } from "./languages.ts";
import { createJsonServices, createDocument } from "./service.ts";

const vectors = join(import.meta.dirname, "../../../schemas/vectors");
const services = createJsonServices(inEnglish);

type Path = readonly (string | number)[];

/** Every place in a value. */
function places(value: unknown, path: Path = []): Path[] {
  if (typeof value !== "object" || value === null) return [path];
  const entries = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [path, ...entries.flatMap(([key, part]) => places(part, [...path, key]))];
}

/** A copy in which one place is something else; nothing at all where `replacement` is undefined. */
function damaged(value: unknown, path: Path, replacement: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return replacement;
  if (Array.isArray(value))
    return value.flatMap((part: unknown, index) => {
      if (index !== key) return [part];
      const next = damaged(part, rest, replacement);
      return next === undefined ? [] : [next];
    });
  return {
    ...(value as object),
    [key]: damaged((value as Record<string, unknown>)[key], rest, replacement),
  };
}

const replacements = [
  undefined,
  null,
  true,
  -1,
  1.5,
  "",
  "a b\u200b/../c",
  [],
  [""],
  {},
  { kind: "x" },
];

test.each(languageSchemas)("%s", async (schema) => {
  const kind = fileKinds.find((candidate) => candidate.schema === schema)!;
  const folder = join(vectors, schema, "valid");
  const disagreements: string[] = [];
  let count = 0;
  for (const file of readdirSync(folder)) {
    const value: unknown = JSON.parse(readFileSync(join(folder, file), "utf8"));
    for (const path of places(value))
      for (const replacement of replacements) {
        const text = JSON.stringify(damaged(value, path, replacement) ?? null);
        const document = createDocument(`file:///corpus/${file}`, 1, text);
        const accepted = (await serviceFindings(document, schema, services)).length === 0;
        count++;
        if (accepted !== (findProblems(text, kind.validator, file).length === 0))
          disagreements.push(
            `${path.join("/")} = ${JSON.stringify(replacement)}: the editor ${accepted ? "accepts" : "refuses"} it`,
          );
      }
  }
  expect(count).toBeGreaterThan(150);
  expect(disagreements).toEqual([]);
});
