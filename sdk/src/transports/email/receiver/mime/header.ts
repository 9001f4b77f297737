/**
 * Headers of a mail and of its parts (RFC 5322 2.2, RFC 2045 5.1), read in the one way on which all parsers agree;
 * where they differ (fields twice, parameters twice or continued, comments, blanks before the colon) it is a refusal.
 */
import { ambiguous, tooMuch } from "./limits.ts";
import type { Lines } from "./lines.ts";

/** A header block. */
export interface Header {
  /** Lower-case name → unfolded values, in order. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** What is wrong with it, if anything. */
  readonly fault: string | undefined;
}

/** A structured value: `multipart/mixed; boundary=x`. */
export interface Structured {
  /** Lower case. */
  readonly value: string;
  /** Lower-case names. */
  readonly parameters: ReadonlyMap<string, string>;
}

const field = /^([!-9;-~]+):(.*)$/s;

/**
 * Reads up to the empty line.
 *
 * @param isBoundary a delimiter inside a header is a fault.
 * @throws MESSAGE_LIMIT past `maxBytes`
 */
export async function readHeader(
  lines: Lines,
  maxBytes: number,
  isBoundary: (line: string) => boolean = () => false,
): Promise<Header> {
  const unfolded: string[] = [];
  let fault: string | undefined;
  let bytes = 0;
  for (let first = true; ; first = false) {
    const line = await lines.next();
    if (line === undefined || line === "") break;
    if (first && line.startsWith("From ")) continue; // the envelope line that pipes and mboxes put before a mail
    bytes += line.length;
    if (bytes > maxBytes) throw tooMuch(`a header is larger than ${maxBytes} bytes`);
    // eslint-disable-next-line no-control-regex -- control characters are what is looked for
    if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(line))
      fault ??= "a header holds a control character";
    if (isBoundary(line)) fault ??= "a part ends inside its header";
    if (!/^[ \t]/.test(line)) unfolded.push(line);
    else if (unfolded.length === 0) fault ??= "a header begins with a continued line";
    else unfolded.push(`${unfolded.pop() ?? ""}${line}`);
  }
  const fields = new Map<string, string[]>();
  for (const text of unfolded) {
    const [, name, value] = field.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      fault ??= "a header holds a line that is no field";
      continue;
    }
    const values = fields.get(name.toLowerCase());
    if (values === undefined) fields.set(name.toLowerCase(), [value.trim()]);
    else values.push(value.trim());
  }
  return { fields, fault };
}

/** The value of a field that may stand once. @throws MESSAGE_AMBIGUOUS */
export function single({ fields }: Header, name: string): string | undefined {
  const values = fields.get(name);
  if (values !== undefined && values.length > 1)
    throw ambiguous(`the field ${name} stands there twice`);
  return values?.[0];
}

/** The media type; `text/plain` where none is given (RFC 2045 5.2). @throws MESSAGE_AMBIGUOUS */
export function contentType(header: Header): Structured {
  const text = single(header, "content-type");
  if (text === undefined) return { value: "text/plain", parameters: new Map() };
  const found = structured(text, "content-type");
  if (!/^[^/]+\/[^/]+$/.test(found.value)) throw ambiguous("a content-type is no media type");
  return found;
}

/** The transfer encoding, lower case; `7bit` where none is given (RFC 2045 6.1). @throws MESSAGE_AMBIGUOUS */
export function transferEncoding(header: Header): string {
  const text = single(header, "content-transfer-encoding") ?? "7bit";
  if (!/^[A-Za-z0-9-]+$/.test(text)) throw ambiguous("a content-transfer-encoding is no token");
  return text.toLowerCase();
}

const token = "[!#$%&'*+\\-./0-9A-Z^_`a-z{|}~]+"; // RFC 2045 5.1, and the slash of a media type
const head = new RegExp(`^(${token})[ \\t]*(?=;|$)`);
const parameter = new RegExp(
  `^;[ \\t]*(${token})=(?:(${token}|[^\\s"\\\\();,<>@]+)|"((?:[^"\\\\]|\\\\.)*)")[ \\t]*(?=;|$)`,
);

/**
 * @throws MESSAGE_AMBIGUOUS for comments, and for parameters given twice, continued or in another charset (RFC 2231)
 */
export function structured(text: string, name: string): Structured {
  const value = head.exec(text)?.[1];
  if (value === undefined) throw ambiguous(`the field ${name} is not well-formed`);
  const parameters = new Map<string, string>();
  let rest = text.slice(head.exec(text)?.[0].length ?? 0);
  while (/[^;\s]/.test(rest)) {
    const found = parameter.exec(rest);
    const key = found?.[1]?.toLowerCase();
    if (found === null || key === undefined)
      throw ambiguous(`the field ${name} is not well-formed`);
    if (key.includes("*"))
      throw ambiguous(`the field ${name} has the continued or encoded parameter ${key}`);
    if (parameters.has(key)) throw ambiguous(`the field ${name} has the parameter ${key} twice`);
    parameters.set(key, found[2] ?? (found[3] ?? "").replaceAll(/\\(.)/g, "$1"));
    rest = rest.slice(found[0].length);
  }
  return { value: value.toLowerCase(), parameters };
}
