/**
 * npm's ranges of versions: `^1.2`, `~1.2.3`, `>=1 <2.5 || 3.x`, `1.2 - 2`. A pre-release is in a range when its number
 * is (npm's `includePrerelease`), so that an agent on 2.0.0-rc.1 is not left out.
 *
 * Small, since every agent carries it (semver takes 20 KB for this); semver is its judge in the tests. What semver
 * reads only out of kindness (`==1`, `1.x.3`) is refused.
 */
import { compareVersions, isVersion } from "./version.ts";

/** Does npm's grammar of ranges read it? The schema only keeps out foreign characters. */
export function isVersionRange(range: string): boolean {
  return readRange(range) !== undefined;
}

/** Is the version in the range? What is no version, or no range, is not. */
export function isInRange(version: string, range: string): boolean {
  if (!isVersion(version)) return false;
  const alternatives = readRange(range) ?? [];
  return alternatives.some((bounds) => bounds.every((bound) => holds(bound, version)));
}

/** One side of a range; a version must hold to all bounds of an alternative. */
interface Bound {
  readonly operator: "<" | "<=" | "=" | ">" | ">=";
  readonly version: string;
}

function holds({ operator, version }: Bound, candidate: string): boolean {
  const order = compareVersions(candidate, version);
  if (order === 0) return operator.includes("=");
  return operator.startsWith(order < 0 ? "<" : ">");
}

/** A version whose last numbers may be left open: `1.2`, `1.x`, `*`. */
interface Partial {
  readonly major: number | undefined;
  readonly minor: number | undefined;
  readonly patch: number | undefined;
  /** With its dash, or empty. */
  readonly preRelease: string;
}

const number = String.raw`(0|[1-9]\d{0,14}|[xX*])`;
const identifier = String.raw`(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)`;
const build = String.raw`(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?`;
const partial = String.raw`v?${number}(?:\.${number}(?:\.${number}(-${identifier}(?:\.${identifier})*)?${build})?)?`;
const comparator = new RegExp(String.raw`^(~>?|\^|[<>]=?|=|)(${partial})$`);
const partialAlone = new RegExp(`^${partial}$`);

function readRange(range: string): Bound[][] | undefined {
  const alternatives = range.split("||").map((text) => readAlternative(text.trim()));
  return alternatives.includes(undefined) ? undefined : (alternatives as Bound[][]);
}

function readAlternative(text: string): Bound[] | undefined {
  const [from = "", to, ...others] = text.split(/\s+-\s+/);
  if (to !== undefined) return others.length === 0 ? readHyphen(from, to) : undefined;
  if (text === "") return [];
  const bounds: Bound[] = [];
  for (const word of text.replaceAll(/(~>?|\^|[<>]=?|=)\s+/g, "$1").split(/\s+/)) {
    const [, operator = "", version = ""] = comparator.exec(word) ?? [];
    const read = readPartial(version);
    if (read === undefined) return undefined;
    bounds.push(...readComparator(operator, read));
  }
  return bounds;
}

function readPartial(text: string): Partial | undefined {
  const match = partialAlone.exec(text);
  if (match === null) return undefined;
  const [major, minor, patch] = match.slice(1, 4).map(readNumber);
  const isOpen = major === undefined ? (minor ?? patch) : minor === undefined ? patch : undefined;
  if (isOpen !== undefined) return undefined; // a number after an open one
  return { major, minor, patch, preRelease: patch === undefined ? "" : (match[4] ?? "") };
}

/** A number; `undefined` for an `x` or where nothing is written. */
function readNumber(digits: string | undefined): number | undefined {
  return digits !== undefined && /\d/.test(digits) ? Number(digits) : undefined;
}

/** `1.2 - 2.3`: both ends belong to it. */
function readHyphen(from: string, to: string): Bound[] | undefined {
  const [lowest, highest] = [readPartial(from), readPartial(to)];
  if (lowest === undefined || highest === undefined) return undefined;
  const { major, preRelease } = highest;
  const lower = preReleaseOf(lowest) === "" ? `${floor(lowest)}-0` : floor(lowest);
  const upper: Bound =
    preRelease === ""
      ? { operator: "<", version: next(highest) }
      : { operator: "<=", version: floor(highest) };
  return [
    ...(lowest.major === undefined ? [] : [{ operator: ">=", version: lower } as const]),
    ...(major === undefined ? [] : [upper]),
  ];
}

function readComparator(operator: string, version: Partial): Bound[] {
  const { major, minor, patch } = version;
  if (major === undefined)
    return operator === "<" || operator === ">" ? [{ operator: "<", version: "0.0.0-0" }] : [];
  const lower = { operator: ">=", version: floor(version) } as const;
  if (operator === "^") {
    const leading =
      major > 0 ? { major } : minor === 0 ? { major, minor, patch } : { major, minor };
    return [lower, { operator: "<", version: next({ ...open, ...leading }) }];
  }
  if (operator.startsWith("~"))
    return [lower, { operator: "<", version: next({ ...open, major, minor }) }];
  if (patch !== undefined)
    return [{ operator: (operator || "=") as Bound["operator"], version: floor(version) }];
  if (operator === "<") return [{ operator: "<", version: floor(version) }];
  if (operator === ">") return [{ operator: ">=", version: next(version) }];
  const upper = { operator: "<", version: next(version) } as const;
  if (operator === "<=") return [upper];
  return operator === ">=" ? [lower] : [lower, upper];
}

const open: Partial = { major: undefined, minor: undefined, patch: undefined, preRelease: "" };

/** The lowest version that it stands for. */
function floor(version: Partial): string {
  const { major = 0, minor = 0, patch = 0 } = version;
  return `${major}.${minor}.${patch}${preReleaseOf(version)}`;
}

/** What is left open begins with the lowest pre-release there is. */
function preReleaseOf({ patch, preRelease }: Partial): string {
  return patch === undefined ? "-0" : preRelease;
}

/** The lowest version after all that it stands for. */
function next({ major = 0, minor, patch }: Partial): string {
  if (minor === undefined) return `${major + 1}.0.0-0`;
  if (patch === undefined) return `${major}.${minor + 1}.0-0`;
  return `${major}.${minor}.${patch + 1}-0`;
}
