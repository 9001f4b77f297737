/** Which kind a document is of: the SDK's kinds (`fileKinds`), found by the languages of an editor. */
import {
  fileKinds,
  kindOfDocument,
  validateSignedEnvelope,
  type FileKind,
} from "@outrider/sdk/schema";
import { languageIdOf, languageSchemas, type LanguageSchema } from "./languages.ts";

/**
 * Trust documents have no name in the SDK's table, where their `type` tells them; an editor needs one.
 */
const trustNames: readonly string[] = ["trust.json", "*.trust.json"];

/** Globs of the names of the files that have a language. */
export const fileNames: readonly string[] = languageSchemas.flatMap(fileNamesOf);

/** Globs of the names of a schema's files. */
export function fileNamesOf(schema: LanguageSchema): readonly string[] {
  const names = fileKinds.find((kind) => kind.schema === schema)?.fileNames ?? [];
  return schema === "trust" ? [...new Set([...names, ...trustNames])] : names;
}

/** The language that an editor gives a file of this name. */
export function languageIdOfFile(path: string): string {
  const name = path.slice(path.lastIndexOf("/") + 1);
  const schema = languageSchemas.find((candidate) =>
    fileNamesOf(candidate).some((glob) =>
      glob.startsWith("*")
        ? name.endsWith(glob.slice(1)) && name.length > glob.length
        : name === glob,
    ),
  );
  return schema === undefined ? "json" : languageIdOf(schema);
}

/** A document on the wire, as a file may hold it too. */
const envelope: FileKind = {
  schema: "envelope",
  title: "signed envelope",
  validator: validateSignedEnvelope,
  fileNames: [],
};

/**
 * The kind of an open document: by its language; for plain JSON by what it says it is.
 *
 * @returns `undefined` for what is not ours.
 */
export function kindOfText(languageId: string, text: string): FileKind | undefined {
  const schema = languageSchemas.find((candidate) => languageIdOf(candidate) === languageId);
  if (schema !== undefined && schema !== "trust")
    return fileKinds.find((kind) => kind.schema === schema);
  const value = parsed(text);
  if (typeof value === "object" && value !== null && "outrider" in value && "signatures" in value)
    return envelope;
  return schema === undefined
    ? kindOfDocument(value)
    : fileKinds.find((kind) => kind.schema === schema);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined; // what is wrong with it is told by whoever examines it
  }
}
