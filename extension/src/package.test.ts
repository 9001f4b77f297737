/** package.json promises what the code does: languages, commands, strings, and nothing that it must not have. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileNamesOf } from "./documents/kinds.ts";
import { languageIdOf, languageSchemas } from "./documents/languages.ts";

const folder = join(import.meta.dirname, "..");
const text = readFileSync(join(folder, "package.json"), "utf8");
const manifest = JSON.parse(text) as {
  readonly activationEvents: readonly string[];
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly grammars: readonly { readonly language: string }[];
    readonly languages: readonly {
      readonly id: string;
      readonly filenamePatterns: readonly string[];
    }[];
  };
};

test("languages are associated by the names that the SDK knows", () => {
  const { grammars, languages } = manifest.contributes;
  expect(languages.map(({ id, filenamePatterns }) => [id, filenamePatterns])).toEqual(
    languageSchemas.map((schema) => [languageIdOf(schema), fileNamesOf(schema)]),
  );
  expect(grammars.map(({ language }) => language)).toEqual(languages.map(({ id }) => id));
});

test("nothing activates but languages and commands (E4)", () => {
  expect(manifest.activationEvents).toEqual([]);
  expect(manifest).not.toHaveProperty("dependencies");
  expect(manifest).not.toHaveProperty("extensionDependencies");
  expect(manifest).not.toHaveProperty("extensionPack");
});

test.each(["", ".de"])("package.nls%s.json has every string of package.json", (language) => {
  const strings = JSON.parse(
    readFileSync(join(folder, `package.nls${language}.json`), "utf8"),
  ) as object;
  const used = [...text.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => String(key));
  expect(Object.keys(strings).toSorted()).toEqual(
    [...new Set(used)].toSorted((left, right) => (left < right ? -1 : 1)),
  );
});
