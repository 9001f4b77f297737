/**
 * One module per schema with its standalone validator: ajv writes it, and is not there at run time.
 *
 * A wire document's validator stops at the first error, since it reads hostile bytes; an authored
 * file's collects all of them, since a person mends it.
 */

import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import type { Json, JsonObject, Schema } from "./schemas.ts";
import { isDocument } from "./schemas.ts";

const authored = new Set(["agent", "outrider", "push", "server"]);

/** File name → content. */
export async function generateValidators(
  schemas: readonly Schema[],
  banner: string,
): Promise<ReadonlyMap<string, string>> {
  const files = new Map<string, string>();
  for (const schema of schemas.filter(isDocument)) {
    files.set(`${schema.name}.ts`, await validatorModule(schema, schemas, banner));
  }
  return files;
}

async function validatorModule(
  { id, name, title }: Schema,
  schemas: readonly Schema[],
  banner: string,
): Promise<string> {
  const ajv = new Ajv({
    schemas: schemas.map((schema) => withoutProse(schema.content)),
    code: { source: true, esm: true, optimize: 2 },
    strict: true,
    strictRequired: false, // "one of these members is required" names them beside `properties`
    allErrors: authored.has(name),
  });
  const exported = `validate${title}`;
  const whole = standalone.default(ajv, { [exported]: id });
  const helpers = new Set<string>();
  const linked = whole.replaceAll(
    /require\("ajv\/dist\/runtime\/(\w+)"\)\.default/g,
    (_call, helper: string) => {
      helpers.add(helper);
      return helper;
    },
  );
  const code = await withoutUnused(linked);
  const imports = [
    ...(helpers.size > 0
      ? [`import { ${[...helpers].toSorted().join(", ")} } from "../runtime.ts";`]
      : []),
    `import type { ${title} } from "../types.ts";`,
    `import type { Validator } from "../validator.ts";`,
  ];
  return [
    "// @ts-nocheck",
    banner,
    "",
    ...imports,
    "",
    code
      .replace("// <stdin>\n", "")
      .replace(/^export \{\n {2}\w+\n\};\n/m, "")
      .replace(`var ${exported} =`, `export const ${exported}: Validator<${title}> =`)
      .trimEnd(),
    "",
  ].join("\n");
}

/** Ajv repeats every schema it met; only the few that its code reads stay. */
async function withoutUnused(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source },
    bundle: true,
    format: "esm",
    platform: "neutral",
    write: false,
    logLevel: "error",
  });
  return outputFiles[0]?.text ?? "";
}

/** A schema without what only people read, which ajv would copy into the validator. */
function withoutProse(schema: JsonObject): JsonObject {
  const clean = (value: Json, isSchema: boolean): Json => {
    if (Array.isArray(value)) return value.map((item: Json) => clean(item, isSchema));
    if (value === null || typeof value !== "object") return value;
    const members = Object.entries(value).filter(
      ([name]) => !(isSchema && (name === "title" || name === "description")),
    );
    return Object.fromEntries(
      members.map(([name, member]) => {
        const names = isSchema && (name === "properties" || name === "definitions");
        return [name, clean(member, !names)];
      }),
    );
  };
  return clean(schema, true) as JsonObject;
}
