/**
 * The trigger that a person makes: a signed order to deploy one release to an audience (patent 10).
 *
 * Order matters and is the patent's step 64 seen from the maker's side: the text is written with an empty binding,
 * bound to the package's contents, and only then signed. So a signature never covers an unbound text.
 */
import { randomUUID } from "node:crypto";
import { OutriderError } from "../errors/index.ts";
import { writeDocument } from "../messages/index.ts";
import { bindTrigger } from "../package/index.ts";
import { systemClock, type Clock, type KeySource } from "../ports/index.ts";
import type {
  Audience,
  Delivery,
  Event,
  PackageReference,
  Rollout,
  Trigger,
} from "../schema/index.ts";
import { sealOrder } from "./seal.ts";

/** What a trigger is made of. */
export interface TriggerOptions {
  /** The release; `manifest` is the SHA-256 of the exact bytes of manifest.json. */
  readonly package: PackageReference;
  /**
   * SHA-512 of the package's contents, 64 bytes (what `directoryHost().publish` answers, or `contentsSha512` of
   * package/); a secret.
   */
  readonly contentsSha512: Uint8Array;
  /** Who gets it. */
  readonly audience: Audience;
  /** Step by step; the whole audience at once unless given. */
  readonly rollout?: Rollout;
  /** How the archive travels. Default `auto`. */
  readonly delivery?: Delivery;
  /** What caused it. Default `{kind: "manual"}`. */
  readonly event?: Event;
  /** Installed versions that this older release may replace. */
  readonly allowDowngrade?: readonly string[];
  /** How long it and its notifications stay good, milliseconds, from when it may be sent. Default a week. */
  readonly validMs?: number;
  /** Who signs; as many as the `push` role's threshold asks for. */
  readonly keys: readonly KeySource[];
  /** Default: the system's. */
  readonly clock?: Clock;
  /** Id of the trigger and of its deployment, lower-case UUID. Default: a new one. */
  readonly id?: string;
  readonly signal?: AbortSignal;
}

const week = 7 * 24 * 3600 * 1000;

/**
 * Writes, binds and signs a trigger.
 *
 * @returns the `trigger/1` envelope, ready for any way in to the server.
 * @throws KEY_MISSING if no key is given; DOCUMENT_INVALID for members that no server takes; and what the key sources
 * throw.
 */
export async function createTrigger(options: TriggerOptions): Promise<Uint8Array> {
  if (options.keys.length === 0)
    throw new OutriderError("KEY_MISSING", "A trigger needs at least one key to sign it.");
  const text = bindTrigger(writeDocument(unbound(options)), options.contentsSha512);
  return sealOrder("trigger/1", text, options);
}

function unbound(options: TriggerOptions): Trigger {
  const now = (options.clock ?? systemClock).now();
  const { notBefore } = options.rollout ?? {};
  const from = Math.max(now.getTime(), notBefore === undefined ? 0 : Date.parse(notBefore));
  return {
    type: "trigger/1",
    id: options.id ?? randomUUID(),
    issuedAt: now.toISOString(),
    expiresAt: new Date(from + (options.validMs ?? week)).toISOString(),
    package: {
      name: options.package.name,
      version: options.package.version,
      manifest: options.package.manifest,
      binding: "",
    },
    audience: options.audience,
    ...(options.rollout === undefined ? {} : { rollout: options.rollout }),
    delivery: options.delivery ?? "auto",
    event: options.event ?? { kind: "manual" },
    ...(options.allowDowngrade === undefined
      ? {}
      : { allowDowngrade: [...options.allowDowngrade] }),
  };
}
