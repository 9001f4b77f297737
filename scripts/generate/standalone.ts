/** The validator of a file that people write: standalone code by ajv, which finds all errors and needs no ajv. */

import { join } from "node:path";
import { Ajv } from "ajv";
import standalone from "ajv/dist/standalone/index.js";
import { build } from "esbuild";
import type { Json, JsonObject, Schema } from "./schemas.ts";

const project = join(import.meta.dirname, "../..");

/** The text of the module. */
export async function standaloneModule(
  { id, title }: Schema,
  schemas: readonly Schema[],
  banner: string,
): Promise<string> {
  const ajv = new Ajv({
    schemas: schemas.map((schema) => withoutProse(schema.content)),
    code: { source: true, esm: true, optimize: 2 },
    strict: true,
    strictRequired: false, // "one of these members is required" names them beside `properties`
    allErrors: true,
  });
  const exported = `validate${title}`;
  const code = await bundle(standalone.default(ajv, { [exported]: id }));
  return [
    "// @ts-nocheck",
    banner,
    "",
    `import type { Validator } from "../../validator.ts";`,
    `import type { ${title} } from "../types.ts";`,
    "",
    code
      .replace("// <stdin>\n", "")
      .replace(/^export \{\n {2}\w+\n\};\n/m, "")
      .replace(`var ${exported} =`, `export const ${exported}: Validator<${title}> =`)
      .trimEnd(),
    "",
  ].join("\n");
}

/** With the few helpers of ajv that it calls, and without the schemas that it does not read. */
async function bundle(source: string): Promise<string> {
  const imports = new Set<string>();
  const linked = source.replaceAll(
    /require\("(ajv\/dist\/runtime\/(\w+))"\)\.default/g,
    (_call, path: string, name: string) => {
      imports.add(`import ${name} from "${path}.js";`);
      return name;
    },
  );
  const { outputFiles } = await build({
    stdin: { contents: [...imports, linked].join("\n"), resolveDir: project },
    bundle: true,
    format: "esm",
    platform: "node",
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
