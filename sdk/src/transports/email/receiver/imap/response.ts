/**
 * What an IMAP server says (RFC 9051 7 and 9, RFC 3501), read into values: total on hostile text, nothing guessed.
 *
 * A response is one line; literals in it were read beforehand and stand where they stood.
 */

/** Text, NIL or a list; octets are one character each. */
export type ImapValue = string | null | readonly ImapValue[];

/** One response. */
export type ImapResponse =
  | { readonly kind: "continue"; readonly text: string }
  | {
      readonly kind: "done";
      readonly tag: string;
      readonly status: "OK" | "NO" | "BAD";
      /** Upper case, such as `TRYCREATE`; empty if none was given. */
      readonly code: string;
      readonly text: string;
    }
  | {
      readonly kind: "status";
      readonly status: string;
      readonly code: string;
      readonly text: string;
    }
  | {
      readonly kind: "number";
      readonly number: number;
      readonly name: string;
      readonly values: readonly ImapValue[];
    }
  | { readonly kind: "data"; readonly name: string; readonly values: readonly ImapValue[] };

/** Where a literal stood in the text of a line. */
export const literalMark = "\u0000";

const maxDepth = 16;

/**
 * Reads a response.
 *
 * @param line its text, every literal replaced by `literalMark`.
 * @returns `undefined` for what is none.
 */
export function parseResponse(
  line: string,
  literals: readonly string[] = [],
): ImapResponse | undefined {
  if (line.startsWith("+")) return { kind: "continue", text: line.slice(1).trim() };
  const [, tag, rest] = /^(\*|[A-Za-z0-9]+) (.*)$/s.exec(line) ?? [];
  if (tag === undefined || rest === undefined) return undefined;
  const [, status, text] = /^(OK|NO|BAD|BYE|PREAUTH)(?: (.*))?$/is.exec(rest) ?? [];
  if (status !== undefined) return statusResponse(tag, status.toUpperCase(), text ?? "");
  if (tag !== "*") return undefined;
  const [, number, named] = /^(\d{1,10}) (.*)$/s.exec(rest) ?? [];
  const [name, ...values] = parseValues(named ?? rest, literals) ?? [];
  if (typeof name !== "string")
    // Data of a mail must be understood; what else a server tells is its own affair.
    return number === undefined ? { kind: "data", name: "", values: [] } : undefined;
  return number === undefined
    ? { kind: "data", name: name.toUpperCase(), values }
    : { kind: "number", number: Number(number), name: name.toUpperCase(), values };
}

function statusResponse(tag: string, status: string, rest: string): ImapResponse | undefined {
  const [, code = "", text = rest] = /^\[([^\]]*)\] ?(.*)$/s.exec(rest) ?? [];
  if (tag === "*") return { kind: "status", status, code: code.toUpperCase(), text };
  if (status !== "OK" && status !== "NO" && status !== "BAD") return undefined;
  return { kind: "done", tag, status, code: code.toUpperCase(), text };
}

/** The values of a line; `undefined` where they are not well-formed. */
export function parseValues(line: string, literals: readonly string[]): ImapValue[] | undefined {
  const open: ImapValue[][] = [[]];
  let literal = 0;
  for (let at = 0; at < line.length;) {
    const values = open.at(-1) ?? [];
    const character = line[at];
    if (character === " ") at++;
    else if (character === "(") {
      if (open.length >= maxDepth) return undefined;
      open.push([]);
      at++;
    } else if (character === ")") {
      if (open.length === 1) return undefined;
      open.pop();
      open.at(-1)?.push(values);
      at++;
    } else if (character === '"') {
      quoted.lastIndex = at;
      const found = quoted.exec(line);
      if (found === null) return undefined;
      values.push((found[1] ?? "").replaceAll(/\\(.)/g, "$1"));
      at += found[0].length;
    } else if (character === literalMark) {
      const text = literals[literal++];
      if (text === undefined) return undefined;
      values.push(text);
      at++;
    } else {
      atom.lastIndex = at;
      const found = atom.exec(line);
      if (found === null) return undefined;
      values.push(/^nil$/i.test(found[0]) ? null : found[0]);
      at += found[0].length;
    }
  }
  return open.length === 1 ? open[0] : undefined;
}

const quoted = /"((?:[^"\\]|\\.)*)"/y;
/** An atom; `BODY[HEADER.FIELDS (X)]<0>` is one too. */
const atom = /(?:[^\p{Cc}\s()"[\]]|\[[^\p{Cc}\]]*\])+/uy;

/** The attributes of a FETCH, by name in upper case. */
export function attributesOf(values: readonly ImapValue[]): ReadonlyMap<string, ImapValue> {
  const [list] = values;
  const attributes = new Map<string, ImapValue>();
  if (!isList(list)) return attributes;
  for (let at = 0; at + 1 < list.length; at += 2) {
    const [name, value] = [list[at], list[at + 1]];
    if (typeof name === "string" && value !== undefined) attributes.set(name.toUpperCase(), value);
  }
  return attributes;
}

/** Is it a list? */
export function isList(value: ImapValue | undefined): value is readonly ImapValue[] {
  return Array.isArray(value);
}

/** A number from 1 (RFC 9051 9, nz-number), or `undefined`. */
export function numberOf(value: ImapValue | undefined): number | undefined {
  if (typeof value !== "string" || !/^\d{1,10}$/.test(value)) return undefined;
  const number = Number(value);
  return number <= 0xff_ff_ff_ff ? number : undefined;
}
