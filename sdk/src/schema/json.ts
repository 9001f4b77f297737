/**
 * Reads JSON as every document of Outrider must be written: UTF-8, no byte order mark, no key twice in an object,
 * no `__proto__`, at most 64 levels. One linear scan finds what `JSON.parse` would let pass; then `JSON.parse` reads.
 * Source: DESIGN 4; THREATS S13.
 */
import { OutriderError, say, type ErrorCode, type Sentence } from "../errors/index.ts";

const maxDepth = 64;
const forbiddenKeys: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * Parses the bytes.
 *
 * @param subject file or message that the bytes came from, for the error.
 * @throws JSON_ENCODING, JSON_SYNTAX, JSON_DUPLICATE_KEY, JSON_FORBIDDEN_KEY, JSON_TOO_DEEP
 */
export function parseJson(bytes: Uint8Array, subject: string): unknown {
  return parseJsonText(decodeText(bytes, subject), subject);
}

/** Decodes UTF-8 strictly. @throws JSON_ENCODING */
export function decodeText(bytes: Uint8Array, subject: string): string {
  try {
    const text = decoder.decode(bytes);
    if (text.startsWith("\ufeff")) throw new TypeError("byte order mark");
    return text;
  } catch (cause) {
    throw new OutriderError(
      "JSON_ENCODING",
      say("{0} is not UTF-8 without a byte order mark.", subject),
      {
        subject,
        cause,
      },
    );
  }
}

/** As {@link parseJson}, for text. */
export function parseJsonText(text: string, subject: string): unknown {
  scan(text, (code, what, offset) => fail(code, what, text, offset, subject));
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    const offset = Number(/position (\d+)/.exec(String(cause))?.[1] ?? text.length);
    throw fail("JSON_SYNTAX", say("this is not JSON"), text, offset, subject, cause);
  }
}

/** One-based line and column of an offset. */
export function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset);
  const lastBreak = before.lastIndexOf("\n");
  return { line: before.split("\n").length, column: offset - lastBreak };
}

/**
 * Offset of the value (for a member: of its key) that a JSON pointer names, for messages; the nearest parent's if
 * absent.
 */
export function locatePointer(text: string, pointer: string): number {
  let best = { length: -1, offset: 0 };
  scan(
    text,
    () => new Error("unreachable: the text was scanned before"),
    (path, offset) => {
      if (path.length > best.length && (pointer === path || pointer.startsWith(`${path}/`)))
        best = { length: path.length, offset };
    },
  );
  return best.offset;
}

function fail(
  code: ErrorCode,
  what: Sentence,
  text: string,
  offset: number,
  subject: string,
  cause?: unknown,
): OutriderError {
  const position = positionAt(text, offset);
  return new OutriderError(
    code,
    say("{0}:{1}:{2}: {3}.", subject, position.line, position.column, what),
    {
      subject,
      position,
      ...(cause === undefined ? {} : { cause }),
    },
  );
}

type Fail = (code: ErrorCode, what: Sentence, offset: number) => Error;
type Visit = (pointer: string, offset: number) => void;

interface Level {
  /** Keys seen in this object; `undefined` for an array. */
  readonly keys: Set<string> | undefined;
  readonly pointer: string;
  index: number;
  expectKey: boolean;
}

/** Walks the tokens once. Grammar errors are left to `JSON.parse`; this finds only what that lets pass. */
function scan(text: string, failure: Fail, visit?: Visit): void {
  const levels: Level[] = [];
  let pending = "";
  visit?.("", 0);
  const startValue = (offset: number): void => {
    const level = levels.at(-1);
    if (level === undefined || level.keys !== undefined) return;
    pending = `${level.pointer}/${level.index}`;
    if (visit !== undefined) visit(pending, offset);
  };
  for (let at = 0; at < text.length; at++) {
    const char = text.charCodeAt(at);
    const level = levels.at(-1);
    if (char === 0x22) {
      const end = endOfString(text, at);
      if (level?.keys !== undefined && level.expectKey) {
        const key = unescape(text.slice(at, end));
        if (level.keys.has(key))
          throw failure(
            "JSON_DUPLICATE_KEY",
            say("the key {0} stands twice", JSON.stringify(key)),
            at,
          );
        if (forbiddenKeys.has(key))
          throw failure(
            "JSON_FORBIDDEN_KEY",
            say("the key {0} is not allowed", JSON.stringify(key)),
            at,
          );
        level.keys.add(key);
        level.expectKey = false;
        if (visit !== undefined) {
          pending = `${level.pointer}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
          visit(pending, at);
        }
      } else startValue(at);
      at = end - 1;
    } else if (char === 0x7b || char === 0x5b) {
      startValue(at);
      if (levels.length === maxDepth)
        throw failure("JSON_TOO_DEEP", say("more than {0} levels", maxDepth), at);
      const object = char === 0x7b;
      levels.push({
        keys: object ? new Set() : undefined,
        pointer: levels.length === 0 ? "" : pending,
        index: 0,
        expectKey: object,
      });
    } else if (char === 0x7d || char === 0x5d) levels.pop();
    else if (char === 0x2c && level !== undefined) {
      level.index++;
      level.expectKey = level.keys !== undefined;
    } else if (char > 0x20 && char !== 0x3a && visit !== undefined && isFirstOfToken(text, at))
      startValue(at);
  }
}

function isFirstOfToken(text: string, at: number): boolean {
  return at === 0 || " \t\r\n[,:".includes(text.charAt(at - 1));
}

function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text.charCodeAt(at);
    if (char === 0x5c) at++;
    else if (char === 0x22) return at + 1;
  }
  return text.length;
}

function unescape(quoted: string): string {
  if (!quoted.includes("\\")) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted; // JSON.parse of the whole refuses it
  }
}
