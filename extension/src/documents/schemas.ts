/**
 * The bundled schemas as an editor shows them: one self-contained schema a kind, said in the person's language.
 *
 * The truth stays in `schemas/`; here nothing that decides validity is changed, only how it is told: type names go,
 * descriptions become documentation and error messages, snippets are put where they belong. A test holds the verdicts
 * of the result and of the SDK's validators equal over every vector.
 */
import agent from "@outrider/schemas/agent.schema.json" with { type: "json" };
import common from "@outrider/schemas/common.schema.json" with { type: "json" };
import envelope from "@outrider/schemas/envelope.schema.json" with { type: "json" };
import outrider from "@outrider/schemas/outrider.schema.json" with { type: "json" };
import push from "@outrider/schemas/push.schema.json" with { type: "json" };
import server from "@outrider/schemas/server.schema.json" with { type: "json" };
import trust from "@outrider/schemas/trust.schema.json" with { type: "json" };
import type { JSONSchema } from "vscode-json-languageservice";
import type { Translate } from "./finding.ts";
import { snippetsOf } from "./snippets.ts";

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [name: string]: Json;
}

const bundled: Readonly<Record<string, JsonObject>> = {
  agent,
  envelope,
  outrider,
  push,
  server,
  trust,
};
const commonDefinitions: JsonObject = common.definitions;

/** The schemas that are bundled, by name. */
export const schemaNames: readonly string[] = Object.keys(bundled);

/** Builds the editor's schema of a kind. @param name as in `schemas/NAME.schema.json`; it must be bundled. */
export function editorSchema(name: string, translate: Translate): JSONSchema {
  const schema = bundled[name];
  if (schema === undefined) throw new RangeError(`no schema ${name} is bundled`);
  const { definitions, $id: _id, ...root } = schema;
  const adapted = {
    ...adapt(root, "", translate),
    definitions: {
      ...adaptEach(object(definitions), "", translate),
      ...Object.fromEntries(
        Object.entries(commonDefinitions).map(([key, value]) => [
          `common.${key}`,
          adapt(object(value), "common.", translate),
        ]),
      ),
    },
  };
  return adapted as unknown as JSONSchema;
}

/** @param home prefix of the definitions that a bare `#/definitions/…` means. */
function adapt(schema: JsonObject, home: string, translate: Translate): JsonObject {
  const { title, description, ...rest } = withTarget(schema, home);
  const result: Record<string, Json> = {};
  for (const [keyword, value] of Object.entries(rest)) {
    if (keyword === "$ref") result[keyword] = `#/definitions/${definitionOf(value, home)}`;
    else if (mapKeywords.has(keyword)) result[keyword] = adaptEach(object(value), home, translate);
    else if (Array.isArray(value) && listKeywords.has(keyword))
      result[keyword] = value.map((part) => adapt(object(part), home, translate));
    else if (schemaKeywords.has(keyword) && isObject(value))
      result[keyword] = adapt(value, home, translate);
    else result[keyword] = value;
  }
  const snippets = typeof title === "string" ? snippetsOf(title, translate) : [];
  if (snippets.length > 0) result["defaultSnippets"] = snippets as unknown as Json;
  return typeof description === "string"
    ? { ...result, ...documentation(result, translate(description), translate) }
    : result;
}

const mapKeywords: ReadonlySet<string> = new Set(["properties", "definitions"]);
const listKeywords: ReadonlySet<string> = new Set(["oneOf", "anyOf", "allOf"]);
const schemaKeywords: ReadonlySet<string> = new Set([
  "items",
  "propertyNames",
  "additionalProperties",
]);

function adaptEach(schemas: JsonObject, home: string, translate: Translate): JsonObject {
  return Object.fromEntries(
    Object.entries(schemas).map(([key, value]) => [key, adapt(object(value), home, translate)]),
  );
}

/**
 * `allOf: [{$ref}]` is draft-07's way to describe a reference anew; here the target is copied in, so that the newer
 * words win.
 */
function withTarget(schema: JsonObject, home: string): JsonObject {
  const parts = schema["allOf"];
  if (!Array.isArray(parts) || parts.length !== 1) return schema;
  const reference = object(parts[0])["$ref"];
  if (typeof reference !== "string" || !definitionOf(reference, home).startsWith("common."))
    return schema;
  const { allOf: _allOf, ...own } = schema;
  const target = object(commonDefinitions[definitionOf(reference, home).slice("common.".length)]);
  return { ...target, ...own };
}

function definitionOf(reference: Json | undefined, home: string): string {
  const [file, pointer = ""] = (typeof reference === "string" ? reference : "").split(
    "#/definitions/",
  );
  return file === "" ? home + pointer : `common.${pointer}`;
}

/** Descriptions tell twice: as documentation, and as what a text should have been. */
function documentation(schema: JsonObject, description: string, translate: Translate): JsonObject {
  const values = schema["enum"];
  const meanings = Array.isArray(values) ? meaningsOf(values, description) : undefined;
  return {
    description,
    markdownDescription: meanings?.rest ?? description,
    ...(meanings === undefined ? {} : { markdownEnumDescriptions: meanings.each }),
    ...(schema["pattern"] === undefined
      ? {}
      : { patternErrorMessage: translate("This does not fit: {0}", description) }),
  };
}

/** Takes `a: this; b: that. Default a.` apart, where a description explains every value that way. */
function meaningsOf(
  values: readonly Json[],
  description: string,
): { each: string[]; rest: string } | undefined {
  const [list = "", ...others] = description.split(/(?<=\.)\s+(?=[A-ZÄÖÜ])/);
  const clauses = list.replace(/\.$/, "").split("; ");
  const names = values.map((value) => (typeof value === "string" ? value : JSON.stringify(value)));
  const each = names.map((name) =>
    clauses.find((clause) => clause.startsWith(`${name}: `))?.slice(name.length + 2),
  );
  if (!each.every((meaning) => meaning !== undefined)) return undefined;
  const bullets = each.map((meaning, index) => `- \`${names[index]}\`: ${meaning}`);
  return { each, rest: [bullets.join("\n"), ...others].join("\n\n") };
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function object(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}
