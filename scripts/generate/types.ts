/**
 * One TypeScript module for all schemas.
 *
 * They are merged into one synthetic schema first, so that a definition which several documents
 * share is declared once.
 */

import type { JSONSchema } from "json-schema-to-typescript";
import { compile } from "json-schema-to-typescript";
import type { Json, JsonObject, Schema } from "./schemas.ts";
import { isDocument } from "./schemas.ts";

const root = "EveryDocument";

export async function generateTypes(schemas: readonly Schema[], banner: string): Promise<string> {
  const definitions: Record<string, Json> = {};
  for (const schema of schemas) {
    const { definitions: own = {}, $id: _id, $schema: _dialect, ...content } = schema.content;
    if (isDocument(schema)) definitions[schema.name] = plain(content, schema.name);
    for (const [name, definition] of Object.entries(own as JsonObject)) {
      definitions[`${schema.name}.${name}`] = plain(definition, schema.name);
    }
  }
  const merged = { title: root, type: "object", definitions } as JSONSchema;
  const source = await compile(merged, root, {
    additionalProperties: false,
    bannerComment: banner,
    unreachableDefinitions: true,
    style: { bracketSpacing: true, printWidth: 100, trailingComma: "all" },
  });
  return source
    .replace(new RegExp(`export interface ${root} \\{\\}\\n`), "")
    .replaceAll(
      /\n \* This interface was referenced by `\w+`'s JSON-Schema\n \* via the `definition` "[^"]*"\.\n/g,
      "\n",
    )
    .replaceAll(/\n \*\n \*\//g, "\n */")
    .replaceAll(/\/\*\*\n \*\/\n/g, "");
}

/** Keywords that a type cannot express and that would only clutter its comment. */
const unspoken = new Set(["minItems", "maxItems", "propertyNames"]);

/** What types can say of a schema: references by full name, no "one of these is required". */
function plain(value: Json, file: string): Json {
  if (Array.isArray(value)) return value.map((item: Json) => plain(item, file));
  if (value === null || typeof value !== "object") return value;
  const members: Record<string, Json> = {};
  for (const [name, member] of Object.entries(value)) {
    if (unspoken.has(name)) continue;
    if ((name === "oneOf" || name === "anyOf") && onlyRequires(member)) continue;
    members[name] =
      name === "$ref" && typeof member === "string"
        ? fullReference(member, file)
        : plain(member, file);
  }
  return members;
}

function onlyRequires(alternatives: Json): boolean {
  return (
    Array.isArray(alternatives) &&
    alternatives.every((one: JsonObject) => Object.keys(one).every((name) => name === "required"))
  );
}

/** `other.schema.json#/definitions/name` and `#/definitions/name`, as named in the merged schema. */
function fullReference(reference: string, file: string): string {
  const [, target = file, name] =
    /^(?:(\w+)\.schema\.json)?(?:#\/definitions\/(\w+))?$/.exec(reference) ?? [];
  return `#/definitions/${name === undefined ? target : `${target}.${name}`}`;
}
