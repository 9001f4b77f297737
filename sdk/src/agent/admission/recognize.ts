/**
 * Is it ours? Fig. 4, step 82: a look at the first bytes. What is not ours is `undefined`, never an error (step 83).
 */
import { recognize, type DocumentType, type Recognized } from "../../messages/index.ts";
import type { Incoming } from "../../transport/index.ts";

/** What a transport brought: hostile until proven otherwise. */
export interface RawNotification {
  readonly incoming: Incoming;
  /** Name of the receiver that brought it. */
  readonly transport: string;
}

/** The documents an agent listens to. */
export type AgentDocument = "notification/1" | "catalog/1" | "trust/1" | "control/1";

declare const recognizedNotification: unique symbol;

/** Begins like a notification; nothing else is known of it. Made only here. */
export interface RecognizedNotification {
  readonly [recognizedNotification]: true;
  readonly raw: RawNotification;
  readonly message: Recognized<"notification/1">;
}

/** What begins like one of our messages. */
export type RecognizedMessage =
  | { readonly kind: "notification/1"; readonly notification: RecognizedNotification }
  | { readonly kind: "catalog/1"; readonly message: Recognized<"catalog/1"> }
  | { readonly kind: "trust/1"; readonly message: Recognized<"trust/1"> }
  | { readonly kind: "control/1"; readonly message: Recognized<"control/1"> };

/** Step 82. */
export function recognizeNotification(raw: RawNotification): RecognizedNotification | undefined {
  const message = recognize(raw.incoming.bytes, "notification/1");
  return message === undefined
    ? undefined
    : ({ raw, message } as unknown as RecognizedNotification);
}

/** Step 82 for everything an agent listens to. */
export function recognizeMessage(raw: RawNotification): RecognizedMessage | undefined {
  const notification = recognizeNotification(raw);
  if (notification !== undefined) return { kind: "notification/1", notification };
  const as = <T extends DocumentType>(type: T): Recognized<T> | undefined =>
    recognize(raw.incoming.bytes, type);
  const catalog = as("catalog/1");
  if (catalog !== undefined) return { kind: "catalog/1", message: catalog };
  const trust = as("trust/1");
  if (trust !== undefined) return { kind: "trust/1", message: trust };
  const control = as("control/1");
  if (control !== undefined) return { kind: "control/1", message: control };
  return undefined;
}
