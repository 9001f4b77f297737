import * as fc from "fast-check";
import { expect, test } from "vitest";
import { verifies } from "../../test/support/verifies.ts";
import { isOutriderError } from "../errors/index.ts";
import { readSealedDocument } from "./documents.ts";
import {
  encodeEnvelope,
  maxEnvelopeBytes,
  openEnvelope,
  openSigned,
  recognize,
  sealEnvelope,
  sealText,
  toEnvelope,
} from "./envelope.ts";

const sealed = sealText("control/1", '{"type":"control/1","ü":"\\u0000"}', ["signature"]);
const wire = encodeEnvelope(sealed);

test("what was encoded is recognized and opens to the exact text", () => {
  const message = recognize(wire, "control/1");
  expect(message).toBeDefined();
  if (message === undefined) return;
  expect(openEnvelope(message)).toEqual(sealed);
  expect(sealEnvelope(toEnvelope(sealed), "control/1")).toEqual(sealed);
});

test("a signed document on a disk is text with signatures beside it, or one envelope", () => {
  expect(openSigned("control/1", sealed.bytes, "signature")).toEqual(sealed);
  expect(openSigned("control/1", wire)).toEqual(sealed);
  expect(openSigned("control/1", sealed.bytes).signatures).toEqual([]);
  expect(() => openSigned("control/1", Uint8Array.of(0xff), "signature", "trust.json")).toThrow(
    "trust.json is not UTF-8",
  );
});

test("recognizing never throws, and looks at the first bytes only", () => {
  verifies("step-62", "step-82");
  fc.assert(
    fc.property(
      fc.uint8Array({ maxLength: 100 }),
      (bytes) => recognize(bytes, "trigger/1") === undefined,
    ),
  );
  expect(recognize(wire, "trigger/1")).toBeUndefined();
  expect(recognize(wire.subarray(0, 10), "control/1")).toBeUndefined();
  expect(
    recognize(new TextEncoder().encode('{"outrider":"control/1", rubbish'), "control/1"),
  ).toBeDefined();
});

test("opening hostile bytes gives an error with a code, nothing else", () => {
  const head = new TextEncoder().encode('{"outrider":"receipt/1",');
  const opening = (tail: Uint8Array): unknown => {
    const message = recognize(Buffer.concat([head, tail]), "receipt/1");
    try {
      return message === undefined ? undefined : openEnvelope(message).type;
    } catch (error) {
      return isOutriderError(error) ? "receipt/1" : error;
    }
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (tail) => {
      expect(opening(tail)).toBe("receipt/1");
    }),
  );
});

test("too large is refused before it is parsed", () => {
  const bytes = new Uint8Array(maxEnvelopeBytes["trigger/1"] + 1);
  bytes.set(new TextEncoder().encode('{"outrider":"trigger/1",'));
  const message = recognize(bytes, "trigger/1");
  expect(() => message && openEnvelope(message)).toThrow("may have 65536");
});

test("S8 an envelope, or a text, of another type is refused", () => {
  expect(() => sealEnvelope(toEnvelope(sealed), "trigger/1")).toThrow(
    "is a control/1, not a trigger/1",
  );
  const swapped = sealText("trigger/1", sealed.text, sealed.signatures);
  expect(() => readSealedDocument(swapped)).toThrow(
    "says control/1 inside an envelope of trigger/1",
  );
});
