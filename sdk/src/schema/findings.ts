/**
 * Turns what a generated validator reports into what a person needs to hear.
 *
 * A union fails as a bundle: every branch reports. Branches whose discriminator (`kind`, `encoding`: a `const`) does
 * not fit are not what the author meant, so their reports are dropped; if no branch is left, the allowed values are
 * said.
 */
import type { ValidationError } from "./validator.ts";

/** One thing that is wrong. */
export interface Finding {
  /** JSON pointer (RFC 6901). */
  readonly pointer: string;
  /** Without the pointer: `must be one of "a", "b"`. */
  readonly message: string;
}

/** What to tell, in the validator's order, each once. */
export function tellFindings(errors: readonly ValidationError[]): Finding[] {
  const wrongBranches = errors.filter(
    ({ keyword, schemaPath }) => keyword === "const" && inUnion.test(schemaPath),
  );
  const meant = errors.filter(
    (error) =>
      !unionKeywords.has(error.keyword) &&
      !isAlternative(error, wrongBranches) &&
      !wrongBranches.some((wrong) => error === wrong || isSameBranch(error, wrong)),
  );
  const unmet = wrongBranches.filter(
    (wrong) => !meant.some((error) => isBelow(error.instancePath, parentOf(wrong.instancePath))),
  );
  const unions = errors.filter(
    (error) =>
      unionKeywords.has(error.keyword) &&
      ![...meant, ...unmet].some(({ instancePath }) => isBelow(instancePath, error.instancePath)),
  );
  const findings = [
    ...meant.map((error) => ({ pointer: pointerOf(error), message: messageOf(error) })),
    ...[...Map.groupBy(unmet, ({ instancePath }) => instancePath)].map(([pointer, choices]) => ({
      pointer,
      message: `must be one of ${listed(choices.map(({ params }) => params["allowedValue"]))}`,
    })),
    ...unions.map((error) => ({
      pointer: error.instancePath,
      message: unionMessage(error, errors),
    })),
  ];
  return [
    ...new Map(
      findings.map((finding) => [`${finding.pointer} ${finding.message}`, finding]),
    ).values(),
  ];
}

const unionKeywords: ReadonlySet<string> = new Set(["oneOf", "anyOf", "if"]);
const inUnion = /^(.*\/(?:oneOf|anyOf)\/[0-9]+)\//;

/** One of several members that would do, as in "a file or a gpg key". */
function isAlternative(error: ValidationError, wrongBranches: readonly ValidationError[]): boolean {
  return (
    error.keyword === "required" &&
    inUnion.test(error.schemaPath) &&
    !wrongBranches.some(({ instancePath }) => parentOf(instancePath) === error.instancePath)
  );
}

/** Do both come from one branch of one union? */
function isSameBranch(error: ValidationError, wrong: ValidationError): boolean {
  const branch = inUnion.exec(wrong.schemaPath)?.[1] ?? "";
  const place = parentOf(wrong.instancePath);
  return (
    error.schemaPath.startsWith(`${branch}/`) &&
    (error.instancePath === place || parentOf(error.instancePath) === place)
  );
}

function isBelow(pointer: string, place: string): boolean {
  return pointer === place || pointer.startsWith(`${place}/`);
}

function parentOf(pointer: string): string {
  return pointer.slice(0, Math.max(0, pointer.lastIndexOf("/")));
}

function pointerOf({ instancePath, params }: ValidationError): string {
  const extra = params["additionalProperty"];
  return typeof extra === "string"
    ? `${instancePath}/${extra.replaceAll("~", "~0").replaceAll("/", "~1")}`
    : instancePath;
}

function messageOf({ keyword, message, params }: ValidationError): string {
  if (keyword === "additionalProperties") return "is not a known member here";
  if (keyword === "required") return `lacks the member "${String(params["missingProperty"])}"`;
  if (keyword === "enum")
    return `must be one of ${listed(params["allowedValues"] as readonly unknown[])}`;
  if (keyword === "const") return `must be ${JSON.stringify(params["allowedValue"])}`;
  if (keyword === "pattern") return `does not have the form ${String(params["pattern"])}`;
  return message ?? "does not match its schema";
}

function unionMessage(
  { instancePath }: ValidationError,
  errors: readonly ValidationError[],
): string {
  const wanted = errors
    .filter((error) => error.keyword === "required" && error.instancePath === instancePath)
    .map(({ params }) => params["missingProperty"]);
  return wanted.length > 0
    ? `needs one of the members ${listed(wanted)}`
    : "fits more than one of its alternatives";
}

function listed(values: readonly unknown[]): string {
  return [...new Set(values)].map((value) => JSON.stringify(value)).join(", ");
}
