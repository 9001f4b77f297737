/** Which part of a kind's schema a member is held to, and how a person is asked for it: nothing is said twice. */
import type { JSONSchema } from "vscode-json-languageservice";
import type { Control } from "../../form/messages.ts";

type JSONSchemaRef = JSONSchema | boolean;

/** What the schema says of a member. */
export interface MemberSchema {
  readonly schema: JSONSchema;
  readonly isRequired: boolean;
}

/** The part at a path of member names; `*` stands for any element. @throws RangeError where the schema has none */
export function schemaAt(root: JSONSchema, path: readonly string[]): MemberSchema {
  let member: MemberSchema = { schema: root, isRequired: true };
  for (const name of path) {
    const owner = resolved(root, member.schema);
    const found = memberOf(root, owner, name);
    if (found === undefined) throw new RangeError(`the schema knows no ${path.join("/")}`);
    member = {
      schema: resolved(root, found),
      isRequired: name !== "*" && owner.required?.includes(name) === true,
    };
  }
  return member;
}

/** How its value is asked for. */
export function controlOf(root: JSONSchema, schema: JSONSchema): Control {
  if (schema.enum !== undefined) return { kind: "choice", choices: schema.enum.map(String) };
  if (schema.type === "boolean") return { kind: "flag" };
  if (schema.type === "integer" || schema.type === "number") return { kind: "number" };
  if (schema.type !== "array") return { kind: "text" };
  const element = memberOf(root, schema, "*");
  const values = element === undefined ? undefined : resolved(root, element).enum;
  return values === undefined ? { kind: "lines" } : { kind: "set", choices: values.map(String) };
}

function memberOf(root: JSONSchema, owner: JSONSchema, name: string): JSONSchemaRef | undefined {
  if (name === "*") return Array.isArray(owner.items) ? owner.items[0] : owner.items;
  const own = owner.properties?.[name];
  if (own !== undefined) return own;
  return owner.oneOf
    ?.map((branch) => memberOf(root, resolved(root, branch), name))
    .find((found) => found !== undefined);
}

function resolved(root: JSONSchema, schema: JSONSchemaRef): JSONSchema {
  if (typeof schema === "boolean") return {};
  if (schema.$ref === undefined) return schema;
  const target = root.definitions?.[schema.$ref.slice("#/definitions/".length)];
  return target === undefined ? {} : resolved(root, { ...target, ...withoutReference(schema) });
}

function withoutReference({ $ref: _reference, ...rest }: JSONSchema): JSONSchema {
  return rest;
}
