/**
 * Which documents the editor knows: a language id for each kind of file that people open.
 *
 * The kinds are the SDK's (`fileKinds`); a language id is `outrider-` and the kind's schema, the manifest's is just
 * `outrider`. package.json associates the ids with file names; a test holds the two together.
 */
import { fileKinds, kindOfDocument, validateSignedEnvelope, type FileKind } from "@outrider/sdk/schema";

/** The kinds that have a language of their own, by schema. */
export const languageSchemas = ["outrider", "push", "server", "agent", "trust"] as const;
/** One of them. */
export type LanguageSchema = (typeof languageSchemas)[number];

/** The language ids, in the order of {@link languageSchemas}. */
export const languageIds: readonly string[] = languageSchemas.map(languageIdOf);

/** The language id of a schema's files. */
export function languageIdOf(schema: LanguageSchema): string {
  return schema === "outrider" ? schema : `outrider-${schema}`;
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
