/**
 * Holds parsed JSON to a schema: the keywords of JSON Schema draft-07 that ours use, no others.
 *
 * Small, since every agent carries it (what ajv generates for the wire documents alone is 190 KB);
 * ajv in strict mode is its judge in the tests. Total on hostile data: it does not throw, looks at
 * own members only, and keeps a bounded number of errors however many there are.
 */

/** What is checked. `generated/` holds one for each file of `schemas/`. */
export interface Schema {
  readonly type?: "array" | "boolean" | "integer" | "number" | "object" | "string";
  readonly const?: Scalar;
  readonly enum?: readonly Scalar[];
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: RegExp;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** Only where the items are scalars. */
  readonly uniqueItems?: boolean;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  /** Members that `properties` does not name; without it they are refused where there are `properties`. */
  readonly additionalProperties?: Schema | false;
  readonly propertyNames?: Schema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
}

type Scalar = boolean | number | string;

/** One thing that is wrong, told as ajv tells it. */
export interface ValidationError {
  /** JSON pointer to the value at fault. */
  readonly instancePath: string;
  readonly schemaPath: string;
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly message: string;
}

/** Is the data such a document? */
export interface Validator<Document> {
  (data: unknown): data is Document;
  /** What the last call found wrong; null where nothing was. */
  errors?: readonly ValidationError[] | null;
}

/** The validator of a schema. */
export function validator<Document>(schema: Schema): Validator<Document> {
  const validate: Validator<Document> = (data): data is Document => {
    const found: Findings = { count: 0, kept: [] };
    check(schema, data, { instance: "", schema: "#", found });
    validate.errors = found.count === 0 ? null : found.kept;
    return found.count === 0;
  };
  return validate;
}

/** Enough for a person; from more than that a hostile document could make us run out of memory. */
const maxKept = 100;

interface Findings {
  count: number;
  readonly kept: ValidationError[];
}

/** Where the check is, in the data and in the schema, and what it found so far. */
interface Place {
  readonly instance: string;
  readonly schema: string;
  readonly found: Findings;
}

/**
 * The type that a schema means which names none but has keywords of one type only: `scripts/generate` leaves it out
 * then, for every agent carries the schemas.
 */
export function impliedType(schema: Schema): Schema["type"] {
  const { properties, additionalProperties, items, pattern, minLength, maxLength } = schema;
  if (properties !== undefined || additionalProperties !== undefined) return "object";
  if (items !== undefined) return "array";
  const isText = pattern !== undefined || minLength !== undefined || maxLength !== undefined;
  if (isText || isTextual(schema)) return "string";
  return schema.minimum === undefined && schema.maximum === undefined ? undefined : "integer";
}

/** Are all values that it allows texts? */
function isTextual(schema: Schema): boolean {
  const values = valuesOf(schema);
  return values.length > 0 && values.every((value) => typeof value === "string");
}

function check(schema: Schema, data: unknown, at: Place): void {
  const { type = impliedType(schema) } = schema;
  if (type !== undefined && !hasType(data, type)) {
    return fail(at, "type", { type }, `must be ${type}`);
  }
  if (schema.const !== undefined && data !== schema.const) {
    fail(at, "const", { allowedValue: schema.const }, "must be equal to constant");
  }
  if (schema.enum !== undefined && !schema.enum.some((value) => value === data)) {
    const params = { allowedValues: schema.enum };
    fail(at, "enum", params, "must be equal to one of the allowed values");
  }
  if (typeof data === "string") checkString(schema, data, at);
  if (typeof data === "number") checkNumber(schema, data, at);
  if (Array.isArray(data)) checkArray(schema, data, at);
  else if (isObject(data)) checkObject(schema, data, at);
  checkCombinations(schema, data, at);
}

function checkString({ minLength, maxLength, pattern }: Schema, data: string, at: Place): void {
  if (!checkCount(at, "Length", [minLength, maxLength], () => countCharacters(data))) return;
  if (pattern !== undefined && !pattern.test(data)) {
    fail(at, "pattern", { pattern: pattern.source }, `must match pattern "${pattern.source}"`);
  }
}

function checkNumber(schema: Schema, data: number, at: Place): void {
  const { minimum = data, maximum = data, exclusiveMinimum = -Infinity } = schema;
  const compare = (holds: boolean, keyword: string, comparison: string, limit: number): void => {
    if (!holds) fail(at, keyword, { comparison, limit }, `must be ${comparison} ${limit}`);
  };
  compare(data >= minimum, "minimum", ">=", minimum);
  compare(data <= maximum, "maximum", "<=", maximum);
  compare(data > exclusiveMinimum, "exclusiveMinimum", ">", exclusiveMinimum);
}

function checkArray(schema: Schema, data: readonly unknown[], at: Place): void {
  const { items, minItems, maxItems, uniqueItems } = schema;
  if (!checkCount(at, "Items", [minItems, maxItems], () => data.length)) return;
  if (uniqueItems === true && new Set(data).size < data.length) {
    fail(at, "uniqueItems", {}, "must NOT have duplicate items");
  }
  if (items === undefined) return;
  for (const [index, item] of data.entries()) check(items, item, below(at, index, "items"));
}

function checkObject(schema: Schema, data: object, at: Place): void {
  const { properties = {}, required = [], propertyNames } = schema;
  const closed = schema.properties === undefined ? undefined : false;
  const { additionalProperties = closed } = schema;
  const { minProperties, maxProperties } = schema;
  const names = Object.keys(data);
  checkCount(at, "Properties", [minProperties, maxProperties], () => names.length);
  for (const name of required) {
    if (Object.hasOwn(data, name)) continue;
    fail(at, "required", { missingProperty: name }, `must have required property '${name}'`);
  }
  for (const name of names) {
    const value: unknown = data[name as keyof typeof data];
    if (propertyNames !== undefined) checkName(propertyNames, name, at);
    const property = Object.hasOwn(properties, name) ? properties[name] : undefined;
    if (property !== undefined) {
      check(property, value, below(at, name, `properties/${name}`));
    } else if (additionalProperties === false) {
      const params = { additionalProperty: name };
      fail(at, "additionalProperties", params, "must NOT have additional properties");
    } else if (additionalProperties !== undefined) {
      check(additionalProperties, value, below(at, name, "additionalProperties"));
    }
  }
}

function checkName(schema: Schema, name: string, at: Place): void {
  const found: Findings = { count: 0, kept: [] };
  check(schema, name, { ...at, schema: `${at.schema}/propertyNames`, found });
  if (found.count === 0) return;
  fail(at, "propertyNames", { propertyName: name }, "property name must be valid");
}

function checkCombinations({ allOf = [], anyOf, oneOf }: Schema, data: unknown, at: Place): void {
  for (const [index, schema] of allOf.entries()) check(schema, data, branch(at, "allOf", index));
  if (anyOf !== undefined && passing(anyOf, data, at, "anyOf").length === 0) {
    fail(at, "anyOf", {}, "must match a schema in anyOf");
  }
  if (oneOf !== undefined) checkUnion(oneOf, data, at);
}

/** Where a member tells the branches apart, as `kind` does, only the one that it names is held to. */
function checkUnion(oneOf: readonly Schema[], data: unknown, at: Place): void {
  for (const [name, value] of isObject(data) ? Object.entries(data) : []) {
    const members = oneOf.map(({ properties = {} }) => valuesOf(properties[name]));
    const values = members.flat();
    if (members.some(({ length }) => length === 0) || new Set(values).size < values.length)
      continue;
    const index = members.findIndex((allowed) => allowed.includes(value));
    const meant = oneOf[index];
    if (meant !== undefined) return check(meant, data, { ...at, schema: `${at.schema}/oneOf` });
    return check({ enum: values }, value, below(at, name, "oneOf"));
  }
  const indices = passing(oneOf, data, at, "oneOf");
  if (indices.length === 1) return;
  const passingSchemas = indices.length === 0 ? null : indices;
  fail(at, "oneOf", { passingSchemas }, "must match exactly one schema in oneOf");
}

function valuesOf(schema: Schema = {}): readonly Scalar[] {
  return schema.const === undefined ? (schema.enum ?? []) : [schema.const];
}

/** Indices of the schemas that the data fits; where it fits none, what each of them found. */
function passing(
  schemas: readonly Schema[],
  data: unknown,
  at: Place,
  keyword: "anyOf" | "oneOf",
): readonly number[] {
  const trials = schemas.map((schema, index) => {
    const found: Findings = { count: 0, kept: [] };
    check(schema, data, { ...branch(at, keyword, index), found });
    return found;
  });
  const fitting = [...trials.keys()].filter((index) => trials[index]?.count === 0);
  if (fitting.length === 0) for (const { kept } of trials) kept.forEach((error) => keep(at, error));
  return fitting;
}

/** Are minX and maxX kept? The value is counted only where there is such a bound. */
function checkCount(
  at: Place,
  what: "Items" | "Length" | "Properties",
  [least = 0, most = Infinity]: readonly [number | undefined, number | undefined],
  count: () => number,
): boolean {
  if (least === 0 && most === Infinity) return true;
  const number = count();
  const unit = what === "Length" ? "characters" : what.toLowerCase();
  if (number > most) {
    fail(at, `max${what}`, { limit: most }, `must NOT have more than ${most} ${unit}`);
  } else if (number < least) {
    fail(at, `min${what}`, { limit: least }, `must NOT have fewer than ${least} ${unit}`);
  }
  return number >= least && number <= most;
}

/** As JSON Schema counts them: a surrogate pair is one character. */
function countCharacters(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

function hasType(data: unknown, type: NonNullable<Schema["type"]>): boolean {
  if (type === "array") return Array.isArray(data);
  if (type === "object") return isObject(data);
  if (type === "integer") return Number.isInteger(data);
  if (type === "number") return Number.isFinite(data);
  return typeof data === type;
}

function isObject(data: unknown): data is object {
  return typeof data === "object" && data !== null && !Array.isArray(data);
}

function below(at: Place, name: number | string, schema: string): Place {
  const token = String(name).replaceAll("~", "~0").replaceAll("/", "~1");
  return { ...at, instance: `${at.instance}/${token}`, schema: `${at.schema}/${schema}` };
}

function branch(at: Place, keyword: string, index: number): Place {
  return { ...at, schema: `${at.schema}/${keyword}/${index}` };
}

function fail(
  at: Place,
  keyword: string,
  params: ValidationError["params"],
  message: string,
): void {
  const schemaPath = `${at.schema}/${keyword}`;
  keep(at, { instancePath: at.instance, schemaPath, keyword, params, message });
}

function keep({ found }: Place, error: ValidationError): void {
  found.count += 1;
  if (found.kept.length < maxKept) found.kept.push(error);
}
