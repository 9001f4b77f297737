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
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: { readonly supported: string };
  };
  readonly contributes: {
    readonly configuration: {
      readonly properties: Readonly<
        Record<
          string,
          {
            readonly scope: string;
            readonly default: unknown;
            readonly markdownDescription: string;
          }
        >
      >;
    };
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

test("nothing activates but languages, commands, views, and a dashboard that comes back (E4)", () => {
  expect(manifest.activationEvents).toEqual(["onWebviewPanel:outrider.dashboard"]);
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

test("every setting is documented and has a default", () => {
  for (const setting of Object.values(manifest.contributes.configuration.properties)) {
    expect(setting.markdownDescription).toMatch(/^%setting\.[\w.]+%$/);
    expect(setting).toHaveProperty("default");
  }
});

test("E1 a workspace that is not trusted decides nothing about servers, programs and pushes", () => {
  const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
  expect([untrustedWorkspaces.supported, virtualWorkspaces.supported]).toEqual([
    "limited",
    "limited",
  ]);
  const settings = Object.keys(manifest.contributes.configuration.properties);
  // What is left only chooses which findings are shown.
  expect(settings.filter((name) => !name.startsWith("outrider.validation.")).toSorted()).toEqual(
    untrustedWorkspaces.restrictedConfigurations.toSorted(),
  );
});
