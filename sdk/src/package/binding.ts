/**
 * The trigger's binding to the package's contents: nobody who knows only digests can make it, and the server
 * recomputes it from its own copy. Source: DESIGN 4; Fig. 3, step 64; RFC 5869 (HKDF), RFC 2104 (HMAC).
 */
import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { OutriderError } from "../errors/index.ts";

const member = /"binding":"([0-9a-f]{64})?"/g;
const keyBytes = 32;

/**
 * Fills in the binding of a trigger's exact text, in which it stands as `"binding":""` (or as an old value).
 *
 * @param contents what `contentsSha512` gave.
 * @throws BINDING_MISMATCH unless the member stands there exactly once, without white space.
 */
export function bindTrigger(text: string, contents: Uint8Array): string {
  const emptied = withoutBinding(text);
  if (emptied === undefined)
    throw new OutriderError(
      "BINDING_MISMATCH",
      'The trigger must have "binding":"" exactly once, to be filled in.',
    );
  return emptied.text.replace(
    '"binding":""',
    `"binding":"${bindingOf(emptied.text, contents).toString("hex")}"`,
  );
}

/** Is the trigger bound to these contents? False for anything odd; constant time in the value. */
export function checkBinding(text: string, contents: Uint8Array): boolean {
  const emptied = withoutBinding(text);
  if (emptied?.binding === undefined) return false;
  return timingSafeEqual(bindingOf(emptied.text, contents), Buffer.from(emptied.binding, "hex"));
}

function bindingOf(emptied: string, contents: Uint8Array): Buffer {
  const key = hkdfSync(
    "sha256",
    contents,
    new Uint8Array(0),
    "outrider trigger binding 1",
    keyBytes,
  );
  return createHmac("sha256", Buffer.from(key)).update(emptied, "utf8").digest();
}

/** A quote inside a JSON string is escaped, so the pattern matches a member only; twice is ambiguous. */
function withoutBinding(text: string): { text: string; binding: string | undefined } | undefined {
  const found = [...text.matchAll(member)];
  return found.length === 1 && found[0] !== undefined
    ? { text: text.replace(member, '"binding":""'), binding: found[0][1] }
    : undefined;
}
