/** Reads schemas/*.schema.json, the wire truth from which everything else is generated. */

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json;
}

export interface Schema {
  /** File name without `.schema.json`. */
  readonly name: string;
  /** `$id`, by which other schemas refer to it. */
  readonly id: string;
  /** Name of its type; its validator is `validate` and this. */
  readonly title: string;
  readonly content: JsonObject;
}

const ending = ".schema.json";

export function readSchemas(folder: string): readonly Schema[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(ending))
    .toSorted()
    .map((file) => {
      const content = JSON.parse(readFileSync(join(folder, file), "utf8")) as JsonObject;
      const { $id: id, title } = content;
      if (typeof id !== "string" || typeof title !== "string") {
        throw new Error(`${file}: a schema needs $id and title`);
      }
      return { name: file.slice(0, -ending.length), id, title, content };
    });
}

/** A schema that only lends definitions to others has neither a type nor a validator. */
export function isDocument(schema: Schema): boolean {
  return "type" in schema.content || "allOf" in schema.content;
}
