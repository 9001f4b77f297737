/**
 * Precedence of versions (Semantic Versioning 2.0.0, clause 11), total on every string: what is not a version still
 * has a place, so that no comparison of a hostile document can throw.
 */

/** Negative when `left` is lower, zero when neither is; build metadata does not count. */
export function compareVersions(left: string, right: string): number {
  const [leftCore, leftPre] = split(left);
  const [rightCore, rightPre] = split(right);
  const core = compareLists(leftCore, rightCore);
  if (core !== 0) return core;
  // 11.3: a version with a pre-release is lower than the one without.
  if (leftPre.length === 0 || rightPre.length === 0) return rightPre.length - leftPre.length;
  return compareLists(leftPre, rightPre);
}

function split(version: string): [core: string[], preRelease: string[]] {
  const [precedence = ""] = version.split("+", 1);
  const dash = precedence.indexOf("-");
  if (dash < 0) return [precedence.split("."), []];
  return [precedence.slice(0, dash).split("."), precedence.slice(dash + 1).split(".")];
}

function compareLists(left: readonly string[], right: readonly string[]): number {
  for (const [index, identifier] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1; // 11.4.4
    const order = compareIdentifiers(identifier, other);
    if (order !== 0) return order;
  }
  return left.length - right.length;
}

const digits = /^[0-9]+$/;

function compareIdentifiers(left: string, right: string): number {
  const isLeftNumber = digits.test(left);
  if (isLeftNumber !== digits.test(right)) return isLeftNumber ? -1 : 1; // 11.4.3
  if (!isLeftNumber) return compareText(left, right); // 11.4.2
  // 11.4.1, exact for any length: the longer number is the higher one.
  const [a, b] = [left.replace(/^0+/, ""), right.replace(/^0+/, "")];
  return a.length - b.length || compareText(a, b);
}

function compareText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

const versionPattern =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?(\+[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?$/;

/** Is it a version, as the schemas have it (clauses 2, 9 and 10)? */
export function isVersion(text: string): boolean {
  return versionPattern.test(text);
}
