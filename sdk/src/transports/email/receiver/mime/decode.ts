/**
 * Transfer decodings, line by line and strict: what another decoder would read otherwise is refused (RFC 2045 6.7,
 * 6.8).
 */
import type { OutriderError } from "../../../../errors/index.ts";
import { ambiguous } from "./limits.ts";

/** Takes lines, gives bytes: some lines late, and good until the next call. */
export interface Decoder {
  push(line: string): Uint8Array;
  /** The rest. @throws MESSAGE_AMBIGUOUS where something is missing */
  end(): Uint8Array;
}

const nothing = new Uint8Array(0);

/** A decoder for this encoding, or `undefined` where there is none. */
export function decoderFor(encoding: string): Decoder | undefined {
  if (encoding === "base64") return base64();
  if (encoding === "quoted-printable") return quotedPrintable();
  if (encoding === "7bit" || encoding === "8bit") return identity();
  return undefined;
}

/** Characters that are decoded together: a Buffer for each line of an archive would be half a million of them. */
const blockCharacters = 32 * 1024;

function base64(): Decoder {
  let waiting = "";
  let isCut = false;
  let isPadded = false;
  let block = Buffer.alloc(0);
  const decoded = (): Uint8Array => {
    const text = waiting;
    const usable = text.length - (text.length % 4);
    waiting = text.slice(usable);
    if (block.length < (usable / 4) * 3) block = Buffer.allocUnsafe((usable / 4) * 3);
    return block.subarray(0, block.write(text.slice(0, usable), "base64"));
  };
  return {
    push(line) {
      const text = line.trimEnd();
      if (text === "") return nothing;
      if (isPadded || !(isCut ? text === "=" : quanta.test(text))) throw notPlain();
      waiting += text;
      if (!text.endsWith("=")) return waiting.length < blockCharacters ? nothing : decoded();
      const over = waiting.length % 4;
      isPadded = over === 0;
      if (isPadded) return decoded();
      // A quantum may be cut by a line end between its two "=": then the other one follows, and nothing else.
      isCut = /^[A-Za-z0-9+/]{2}=$/.test(waiting.slice(-over));
      if (!isCut) throw notPlain();
      return nothing;
    },
    end() {
      if (waiting.length % 4 !== 0) throw ambiguous("a base64 part is cut off");
      return decoded();
    },
  };
}

const quanta = /^[A-Za-z0-9+/]+={0,2}$|^={1,2}$/;

function notPlain(): OutriderError {
  return ambiguous("a part is not plain base64");
}

function quotedPrintable(): Decoder {
  let lineEnd = "";
  return {
    push(line) {
      const text = line.replace(/[ \t]+$/, ""); // added on the way (RFC 2045 6.7, rule 3)
      const soft = text.endsWith("=");
      const body = soft ? text.slice(0, -1) : text;
      if (/=(?![0-9A-Fa-f]{2})/.test(body)) throw ambiguous("a part is not plain quoted-printable");
      const octets = body.replaceAll(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
        String.fromCharCode(Number.parseInt(hex, 16)),
      );
      const bytes = Buffer.from(lineEnd + octets, "latin1");
      lineEnd = soft ? "" : "\r\n";
      return bytes;
    },
    end: () => nothing,
  };
}

function identity(): Decoder {
  let lineEnd = "";
  return {
    push(line) {
      const bytes = Buffer.from(lineEnd + line, "latin1");
      lineEnd = "\n"; // which one it was does not survive mail; a document does not depend on it
      return bytes;
    },
    end: () => nothing,
  };
}
