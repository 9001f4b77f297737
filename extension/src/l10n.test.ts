/** Every sentence that the extension says is there in German, and no other. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { errorAdvice } from "@outrider/sdk/errors/advice";
import { ownReasons } from "@outrider/sdk/ledger";
import { expect, test } from "vitest";
import type { Translate } from "./documents/finding.ts";
import { editorSchema, schemaNames } from "./documents/schemas.ts";

/** The folders of the SDK whose sentences an editor shows. */
const saying = [
  "authoring",
  "client",
  "messages",
  "package",
  "release",
  "schema",
  "server/plan/picture",
  "signing",
  "trust",
] as const;

/** The modules of the language service whose sentences a person sees. */
const serviceModules = [
  "parser/jsonParser.js",
  "services/jsonCompletion.js",
  "services/jsonValidation.js",
];

const folder = join(import.meta.dirname, "..");

function sentencesOfSources(): string[] {
  return [
    ...sentencesBelow(join(folder, "src"), /\bt\(\s*("(?:[^"\\]|\\.)*")/g),
    ...sentencesBelow(join(folder, "../sdk/src/client"), /\bt\(\s*("(?:[^"\\]|\\.)*")/g),
    ...[join(folder, "src"), ...saying.map((name) => join(folder, "../sdk/src", name))].flatMap(
      (sources) => sentencesBelow(sources, /\bsay\(\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')/g),
    ),
  ];
}

function sentencesBelow(sources: string, call: RegExp): string[] {
  return readdirSync(sources, { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"))
    .flatMap((file) => callsIn(readFileSync(join(sources, file), "utf8"), call));
}

function sentencesOfService(): string[] {
  const module = dirname(fileURLToPath(import.meta.resolve("vscode-json-languageservice")));
  return serviceModules.flatMap((file) =>
    callsIn(
      readFileSync(join(module, "../esm", file), "utf8"),
      /\bl10n\.t\(\s*('(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")/g,
    ),
  );
}

function callsIn(text: string, call: RegExp): string[] {
  return [...text.matchAll(call)].map(([, literal = ""]) => {
    const inner = literal
      .slice(1, -1)
      .replaceAll(/(?<!\\)"/g, '\\"')
      .replaceAll("\\'", "'");
    return JSON.parse(`"${inner}"`) as string;
  });
}

function sentencesOfSchemas(): string[] {
  const said = new Set<string>();
  const record: Translate = (sentence) => {
    said.add(sentence);
    return sentence;
  };
  for (const name of schemaNames) editorSchema(name, record);
  return [...said];
}

const sentences = new Set([
  ...sentencesOfSources(),
  ...sentencesOfService(),
  ...sentencesOfSchemas(),
  ...Object.values(ownReasons),
  // Each may be shown: for a finding, or for an error that has no sentence of its own.
  ...Object.values(errorAdvice).flatMap(({ meaning, remedy }) => [meaning, remedy]),
]);
const german = JSON.parse(
  readFileSync(join(folder, "l10n/bundle.l10n.de.json"), "utf8"),
) as Readonly<Record<string, string>>;

test("every sentence is there in German, and no other", () => {
  const missing = [...sentences].filter((sentence) => !Object.hasOwn(german, sentence));
  expect(missing, "say these in extension/l10n/bundle.l10n.de.json").toEqual([]);
  expect(Object.keys(german).filter((sentence) => !sentences.has(sentence))).toEqual([]);
});

test("German addresses a person as the editor itself does", () => {
  const packaged = JSON.parse(readFileSync(join(folder, "package.nls.de.json"), "utf8")) as object;
  const familiar = /\b(du|dich|dir|dein(e|er|es|em|en)?)\b/i;
  const all = [...Object.values(german), ...(Object.values(packaged) as string[])];
  expect(all.filter((text) => familiar.test(text))).toEqual([]);
});

test("the same values stand in both languages", () => {
  const values = (text: string): string[] => [...text.matchAll(/\{\d\}/g)].map(String).toSorted();
  for (const [english, translated] of Object.entries(german))
    expect([english, values(translated)]).toEqual([english, values(english)]);
});
