/** What comes in by any of the server's ways: bytes that nobody has looked at. */

/** Ways in (DESIGN 6). */
export type WayIn = "process" | "http" | "spool" | "email" | "stdin" | "unc" | "standing" | "file";

/** Bytes that may be a trigger. */
export interface RawTrigger {
  readonly bytes: Uint8Array;
  readonly via: WayIn;
  readonly receivedAt: Date;
}
