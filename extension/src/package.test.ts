/** package.json promises what the code does: languages, commands, strings, and nothing that it must not have. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { fileNamesOf } from "./documents/kinds.ts";
import { languageIdOf, languageSchemas } from "./documents/languages.ts";

interface MenuEntry {
  readonly command: string;
  readonly when: string;
  readonly group?: string;
}

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
    readonly commands: readonly { readonly command: string; readonly category: string }[];
    readonly grammars: readonly { readonly language: string }[];
    readonly languages: readonly {
      readonly id: string;
      readonly filenamePatterns: readonly string[];
      readonly icon: { readonly light: string; readonly dark: string };
    }[];
    readonly menus: Readonly<Record<string, readonly MenuEntry[]>>;
    readonly walkthroughs: readonly { readonly when: string }[];
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

/** What works also in a browser without a machine behind it (web.ts). */
const everywhere = new Set(
  ["copyDiagnostics", "openForm", "showLog", "validateFile", "validateWorkspace"].map(
    (name) => `outrider.${name}`,
  ),
);

test("nothing is offered where it cannot work: in a browser alone, or without a deployment", () => {
  const { commands, menus, walkthroughs } = manifest.contributes;
  const {
    commandPalette = [],
    "view/item/context": _items,
    "view/title": _title,
    ...places
  } = menus;
  const isKept = ({ when }: { readonly when: string }): boolean =>
    when === "false" || when.includes("!isWeb || remoteName");
  const palette = new Map(commandPalette.map((entry) => [entry.command, entry]));
  expect(palette.size).toBe(commandPalette.length);
  const offered = commands.map(({ command }) => palette.get(command) ?? { command, when: "" });
  // The view itself is not there in a browser.
  expect(
    [
      ...offered,
      ...Object.values(places).flat(),
      ...walkthroughs.map((one) => ({ ...one, command: "" })),
    ]
      .filter((entry) => !everywhere.has(entry.command) && !isKept(entry))
      .map(({ command }) => command),
  ).toEqual([]);
});

test("what a button of a row does, the keyboard reaches by the row's menu", () => {
  const rows = manifest.contributes.menus["view/item/context"] ?? [];
  const isInline = ({ group = "" }: MenuEntry): boolean => group.startsWith("inline");
  const inMenu = new Set(rows.filter((entry) => !isInline(entry)).map(({ command }) => command));
  expect(rows.filter((entry) => isInline(entry) && !inMenu.has(entry.command))).toEqual([]);
});

test("every command says whose it is, and every language has its icons", () => {
  const { commands, languages } = manifest.contributes;
  expect(new Set(commands.map(({ category }) => category))).toEqual(new Set(["Outrider"]));
  for (const { icon } of languages)
    for (const file of [icon.light, icon.dark])
      expect(readFileSync(join(folder, file), "utf8")).toContain("<svg ");
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
