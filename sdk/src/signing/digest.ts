/** SHA-256, as documents write it. */
import { createHash } from "node:crypto";

/** SHA-256 of these bytes, or of this text as UTF-8: 64 lower-case hexadecimal digits. */
export function sha256Hex(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}
