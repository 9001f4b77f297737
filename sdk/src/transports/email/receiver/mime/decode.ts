/** Transfer decodings, line by line and strict: what another decoder would read otherwise is refused (RFC 2045 6.7, 6.8). */
import { ambiguous } from "./limits.ts";

/** Takes lines, gives bytes. */
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

function base64(): Decoder {
  let rest = "";
  let padded = false;
  return {
    push(line) {
      const text = line.trimEnd();
      if (text === "") return nothing;
      if (padded || !/^[A-Za-z0-9+/]+={0,2}$|^={1,2}$/.test(text))
        throw ambiguous("a part is not plain base64");
      const whole = rest + text;
      const usable = whole.length - (whole.length % 4);
      rest = whole.slice(usable);
      padded = whole.endsWith("=");
      if (padded && rest !== "") {
        // A quantum may be cut by a line end between its two "=".
        if (!/^[A-Za-z0-9+/]{2}=$/.test(rest)) throw ambiguous("a part is not plain base64");
        padded = false;
      }
      return Buffer.from(whole.slice(0, usable), "base64");
    },
    end() {
      if (rest !== "") throw ambiguous("a base64 part is cut off");
      return nothing;
    },
  };
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
