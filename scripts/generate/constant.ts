/** Writes a schema as the TypeScript constant that sdk/src/schema/validator.ts reads. */

import { impliedType } from "../../sdk/src/schema/validator.ts";
import type { Json, JsonObject } from "./schemas.ts";

/** The keywords that the validator knows. */
const keywords = new Set(
  [
    "type const enum minLength maxLength pattern minimum maximum exclusiveMinimum",
    "items minItems maxItems uniqueItems allOf anyOf oneOf",
    "required properties additionalProperties propertyNames minProperties maxProperties",
  ].flatMap((line) => line.split(" ")),
);

/** What only people, editors and references read. */
const prose = new Set(["$schema", "$id", "title", "description", "definitions"]);

/** The constant that a reference names; lazy where it is not complete yet, in a recursion. */
export type Resolve = (reference: string) => { readonly name: string; readonly lazy: boolean };

export function writeConstant(schema: JsonObject, resolve: Resolve): string {
  const reference = loneReference(schema);
  if (reference !== undefined) return resolve(reference).name;
  const members = Object.entries(closedByDefault(typedByDefault(schema)))
    .filter(([keyword]) => !prose.has(keyword))
    .map(([keyword, value]) => writeMember(keyword, value, resolve));
  return `{ ${members.join(", ")} }`;
}

/**
 * To the validator an object that names its members has no others unless it says so. Nearly all of ours are closed, and
 * every agent carries them.
 */
function closedByDefault(schema: JsonObject): JsonObject {
  if (schema["properties"] === undefined) return schema;
  const { additionalProperties = {}, ...others } = schema;
  return additionalProperties === false ? others : { ...others, additionalProperties };
}

/** A type that the other keywords tell is not told twice, and that nothing is required is not told at all. */
function typedByDefault(schema: JsonObject): JsonObject {
  const { type, required, ...others } = schema;
  const implied = impliedType(others);
  const isImplied = type !== undefined && type === implied;
  if (type === undefined && implied === "integer")
    throw new Error(
      `${JSON.stringify(schema)} has bounds and no type: say whether it is an integer`,
    );
  const isDemanding = Array.isArray(required) && required.length > 0;
  return {
    ...(type === undefined || isImplied ? {} : { type }),
    ...(isDemanding ? { required } : {}),
    ...others,
  };
}

function writeMember(keyword: string, value: Json, resolve: Resolve): string {
  if (!keywords.has(keyword)) throw new Error(`the validator does not know the keyword ${keyword}`);
  if (typeof value === "string" && keyword === "pattern") {
    return `pattern: ${String(new RegExp(value, "u"))}`;
  }
  if (keyword === "properties") {
    const entries = Object.entries(value as JsonObject);
    const properties = entries.map(([name, property]) => writeEntry(name, property, resolve));
    return `properties: { ${properties.join(", ")} }`;
  }
  if (["allOf", "anyOf", "oneOf"].includes(keyword)) {
    const branches = value as readonly JsonObject[];
    return `${keyword}: [${branches.map((one) => writeConstant(one, resolve)).join(", ")}]`;
  }
  return isSchema(keyword, value)
    ? writeEntry(keyword, value, resolve)
    : `${keyword}: ${JSON.stringify(value)}`;
}

function writeEntry(name: string, schema: Json, resolve: Resolve): string {
  const key = /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
  const reference = loneReference(schema as JsonObject);
  const target = reference === undefined ? undefined : resolve(reference);
  if (target?.lazy === true) return `get ${key}(): Schema { return ${target.name}; }`;
  return `${key}: ${writeConstant(schema as JsonObject, resolve)}`;
}

function isSchema(keyword: string, value: Json): boolean {
  return ["items", "additionalProperties", "propertyNames"].includes(keyword) && value !== false;
}

/** `{ $ref }`, or `{ allOf: [{ $ref }] }`, which draft-07 needs where a description stands beside. */
function loneReference(schema: JsonObject): string | undefined {
  const [[keyword, value] = [], ...others] = Object.entries(schema).filter(
    ([name]) => !prose.has(name),
  );
  if (others.length > 0) return undefined;
  if (keyword === "$ref" && typeof value === "string") return value;
  if (keyword !== "allOf" || !Array.isArray(value) || value.length !== 1) return undefined;
  return loneReference(value[0] as JsonObject);
}
