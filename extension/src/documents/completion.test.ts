/** What completion offers is taken as it is, and the SDK accepts the document that comes of it. */
import { fileKinds, findProblems } from "@outrider/sdk/schema";
import { describe, expect, test } from "vitest";
import type { CompletionItem } from "vscode-json-languageservice";
import { inEnglish } from "./finding.ts";
import { createDocument, createJsonServices } from "./service.ts";
import { snippets } from "./snippets.ts";

const services = createJsonServices(inEnglish);

/** Where each kind of snippet is offered: a document whose `|` is the cursor; the rest of it is valid. */
const places: Readonly<Record<string, readonly [schema: string, text: string]>> = {
  SourceManifest: ["outrider", "|"],
  FileSet: ["outrider", manifest('"files": [|]')],
  SourceVariant: ["outrider", manifest('"variants": [|]')],
  Install: [
    "outrider",
    '{ "name": "a", "version": "1.0.0", "files": [{ "from": "a" }], "install": | }',
  ],
  Command: [
    "outrider",
    '{ "name": "a", "version": "1.0.0", "files": [{ "from": "a" }], "install": { "strategy": "command", "command": | } }',
  ],
  Rollout: ["outrider", manifest('"files": [{ "from": "a" }], "rollout": |')],
  Wave: ["push", push('"rollout": { "waves": [|] }')],
  Window: ["push", push('"rollout": { "windows": [|] }')],
  PushFile: ["push", "|"],
  TriggerSource: ["push", push('"on": |')],
  ServerConfig: ["server", "|"],
  RegisteredAgent: [
    "server",
    '{ "dataDirectory": "d", "trustFile": "t", "key": { "file": "k" }, "listen": { "port": 1 }, "agents": [|] }',
  ],
  AgentConfig: ["agent", "|"],
};

function manifest(members: string): string {
  return `{ "name": "a", "version": "1.0.0", "install": { "strategy": "directory" }, ${members} }`;
}

function push(members: string): string {
  return `{ "package": "a", "audience": { "groups": ["g"] }, ${members} }`;
}

async function proposalsAt(schema: string, marked: string): Promise<readonly CompletionItem[]> {
  const document = createDocument("file:///new", 1, marked.replace("|", ""));
  const service = services(schema);
  const position = document.positionAt(marked.indexOf("|"));
  const list = await service.doComplete(document, position, service.parseJSONDocument(document));
  return list?.items ?? [];
}

/** The text that an editor makes of a snippet: placeholders give their text, choices their first. */
function expanded(snippet: string): string {
  return snippet
    .replaceAll(/\$\{\d+\|([^,|]*)[^|]*\|\}/g, "$1")
    .replaceAll(/\$\{\d+:((?:[^}\\]|\\.)*)\}/g, "$1")
    .replaceAll(/\$\d+/g, "")
    .replaceAll(/\\([\\}$])/g, "$1");
}

test("every kind of snippet has its place in this test", () => {
  expect(Object.keys(places)).toEqual(Object.keys(snippets));
});

describe.each(Object.entries(places))("%s", (title, [schema, marked]) => {
  const validator = fileKinds.find((kind) => kind.schema === schema)!.validator;

  test.each(snippets[title] ?? [])("$label", async ({ label, description }) => {
    const offered = (await proposalsAt(schema, marked)).filter((item) => item.label === label);
    expect(offered).toHaveLength(1);
    expect(JSON.stringify(offered[0]?.documentation)).toContain(description.replaceAll('"', '\\"'));
    const text = marked.replace("|", () => expanded(offered[0]?.textEdit?.newText ?? ""));
    expect(findProblems(text, validator, label)).toEqual([]);
  });
});

test("members are offered with what they mean", async () => {
  const offered = await proposalsAt("outrider", "{ | }");
  const install = offered.find(({ label }) => label === "install");
  expect(JSON.stringify(install?.documentation)).toContain("How the files are put in place.");
});
