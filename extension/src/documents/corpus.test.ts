/** The editor and the SDK give every document of schemas/vectors the same verdict, with and without `$schema`. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  findProblems,
  fileKinds,
  validateSignedEnvelope,
  type FileKind,
} from "@outrider/sdk/schema";
import { describe, expect, test } from "vitest";
import { serviceFindings } from "./examine.ts";
import { inEnglish } from "./finding.ts";
import { schemaNames } from "./schemas.ts";
import { createJsonServices, createDocument } from "./service.ts";

const vectors = join(import.meta.dirname, "../../../schemas/vectors");
const services = createJsonServices(inEnglish);

function kindOf(schema: string): FileKind {
  const kind = fileKinds.find((candidate) => candidate.schema === schema);
  return kind ?? { schema, title: schema, validator: validateSignedEnvelope, fileNames: [] };
}

async function verdicts(schema: string, file: string, text: string) {
  const document = createDocument(`file:///corpus/${file}`, 1, text);
  const service = await serviceFindings(document, schema, services);
  return {
    service: service.length === 0,
    sdk: findProblems(text, kindOf(schema).validator, file).length === 0,
    severities: [...new Set(service.map(({ severity }) => severity))],
  };
}

describe.each(schemaNames)("%s", (schema) => {
  const folders = ["valid", "invalid"].flatMap((verdict) =>
    readdirSync(join(vectors, schema, verdict)).map((file) => ({ verdict, file })),
  );

  test.each(folders)("$verdict/$file", async ({ verdict, file }) => {
    const text = readFileSync(join(vectors, schema, verdict, file), "utf8");
    const valid = verdict === "valid";
    expect(await verdicts(schema, file, text)).toEqual({
      service: valid,
      sdk: valid,
      severities: valid ? [] : [1],
    });
  });
});

const authored = ["outrider", "push", "server", "agent"];
const urls = [
  "https://unpkg.com/@outrider/schemas@1/outrider.schema.json",
  "https://elsewhere.example/other.json",
  "./node_modules/@outrider/schemas/push.schema.json",
  "",
];

describe.each(authored)("%s with $schema", (schema) => {
  const cases = ["valid", "invalid"].flatMap((verdict) =>
    readdirSync(join(vectors, schema, verdict)).flatMap((file) =>
      urls.map((url) => ({ verdict, file, url })),
    ),
  );

  test.each(cases)("$verdict/$file as $url", async ({ verdict, file, url }) => {
    const content = JSON.parse(
      readFileSync(join(vectors, schema, verdict, file), "utf8"),
    ) as object;
    const text = JSON.stringify({ $schema: url, ...content });
    const valid = verdict === "valid";
    expect(await verdicts(schema, file, text)).toMatchObject({ service: valid, sdk: valid });
  });
});
