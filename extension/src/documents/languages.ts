/** The languages of our documents: one for each kind of file that people open. A test holds package.json to them. */

/** The schemas whose files have a language of their own. */
export const languageSchemas = ["outrider", "push", "server", "agent", "trust"] as const;
/** One of them. */
export type LanguageSchema = (typeof languageSchemas)[number];

/** The language ids, in the order of {@link languageSchemas}. */
export const languageIds: readonly string[] = languageSchemas.map(languageIdOf);

/** The language id of a schema's files: `outrider-` and its name; the manifest's is just `outrider`. */
export function languageIdOf(schema: LanguageSchema): string {
  return schema === "outrider" ? schema : `outrider-${schema}`;
}
