/**
 * One module per schema with its validator, and one of the definitions that they share.
 *
 * What only people's tools read is held to code that ajv makes (`standalone.ts`). What an agent
 * reads is held to constants for the small checker, since every agent carries them: a reference
 * becomes the other constant itself, so that a bundle has each definition once, and only those that it uses.
 * Ajv in strict mode must accept every schema first.
 */

import { Ajv } from "ajv";
import { type Resolve, writeConstant } from "./constant.ts";
import type { JsonObject, Schema } from "./schemas.ts";
import { isDocument } from "./schemas.ts";
import { standaloneModule } from "./standalone.ts";

/** Schemas of files that people write and no agent reads. */
const authored: ReadonlySet<string> = new Set(["outrider", "push", "server"]);

/** File name → content. */
export async function generateValidators(
  schemas: readonly Schema[],
  banner: string,
): Promise<ReadonlyMap<string, string>> {
  assertStrict(schemas);
  const files = new Map<string, string>();
  for (const schema of schemas) {
    const content = authored.has(schema.name)
      ? await standaloneModule(schema, schemas, banner)
      : writeModule(schema, banner);
    files.set(`${schema.name}.ts`, content);
  }
  return files;
}

function assertStrict(schemas: readonly Schema[]): void {
  const ajv = new Ajv({
    schemas: schemas.map((schema) => schema.content),
    strict: true,
    strictRequired: false, // "one of these members is required" names them beside `properties`
  });
  for (const { id } of schemas) ajv.getSchema(id);
}

function writeModule(schema: Schema, banner: string): string {
  const { title, content } = schema;
  const scope = new Scope(schema);
  const lines = isDocument(schema)
    ? [
        `export const validate${title}: Validator<${title}> =`,
        `  /* @__PURE__ */ validator(${writeConstant(content, scope.resolve)});`,
      ]
    : [];
  if (!isDocument(schema)) scope.writeAll();
  const used = [
    ...(scope.constants.length > 0 ? ["type Schema"] : []),
    ...(isDocument(schema) ? ["type Validator", "validator"] : []),
  ];
  return [
    banner,
    "",
    `import { ${used.join(", ")} } from "../../validator.ts";`,
    ...(isDocument(schema) ? [`import type { ${title} } from "../types.ts";`] : []),
    ...scope.imports(),
    "",
    ...scope.constants,
    ...lines,
    "",
  ].join("\n");
}

/** The constants that one module may name: its own definitions, and those of other modules. */
class Scope {
  /** Each own definition that was named, written before whatever names it. */
  readonly constants: string[] = [];
  readonly #schema: Schema;
  readonly #begun = new Set<string>();
  readonly #complete = new Set<string>();
  readonly #imported = new Map<string, Set<string>>();

  constructor(schema: Schema) {
    this.#schema = schema;
  }

  readonly resolve: Resolve = (reference) => {
    const [, file, name = ""] =
      /^(?:(\w+)\.schema\.json)?#\/definitions\/(\w+)$/.exec(reference) ?? [];
    if (file !== undefined) {
      this.#imported.set(file, (this.#imported.get(file) ?? new Set()).add(name));
      return { name, lazy: false };
    }
    this.#write(name);
    return { name, lazy: !this.#complete.has(name) };
  };

  writeAll(): void {
    for (const name of Object.keys(this.#definitions)) this.#write(name);
  }

  imports(): readonly string[] {
    return [...this.#imported].map(
      ([file, names]) => `import { ${[...names].toSorted().join(", ")} } from "./${file}.ts";`,
    );
  }

  get #definitions(): Readonly<Record<string, JsonObject>> {
    return (this.#schema.content["definitions"] ?? {}) as Readonly<Record<string, JsonObject>>;
  }

  #write(name: string): void {
    const definition = this.#definitions[name];
    if (definition === undefined) {
      throw new Error(`${this.#schema.name} has no definition ${name}`);
    }
    if (this.#begun.has(name)) return;
    this.#begun.add(name);
    const keyword = isDocument(this.#schema) ? "const" : "export const";
    this.constants.push(`${keyword} ${name}: Schema = ${writeConstant(definition, this.resolve)};`);
    this.#complete.add(name);
  }
}
