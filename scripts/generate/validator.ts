/** What every generated validator is. */

export interface ValidationError {
  /** JSON pointer to the offending value. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message?: string;
}

export interface Validator<Document> {
  (data: unknown): data is Document;
  /** What the last call found wrong; null where nothing was. */
  errors?: readonly ValidationError[] | null;
}
