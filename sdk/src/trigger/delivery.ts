/**
 * Whether a call of a webhook is authentic, and what names it, so that the same delivery is taken once (THREATS T7).
 *
 * Only what the secret vouches for may name a delivery: an id that is not signed is the attacker's to choose. The form
 * of the secret says how it is used, so no signature of one scheme can be shown as one of another.
 *
 * - `whsec_…`: Standard Webhooks 1.0.0. Id, time and body are signed; the id names the delivery, and what is older or
 *   newer than five minutes is refused.
 * - any other: `X-Hub-Signature-256` signs the body alone, as GitHub, Gitea and Forgejo send it, so the body names the
 *   delivery; or the secret itself comes as `Authorization: Bearer`, and whoever knows it may name deliveries.
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** A request as HTTP servers know it. Header names in lower case. */
export interface HookRequest {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What a secret makes of a request. */
export type HookVerdict =
  | {
      readonly verdict: "authentic";
      /** Names the delivery. */
      readonly key: string;
      /** A delivery of this name counts once; otherwise once while it waits, and again after that. */
      readonly isOnce: boolean;
    }
  /** It does not know the secret. */
  | { readonly verdict: "foreign" }
  /** It does, but was signed at another time than now. */
  | { readonly verdict: "stale" };

/** Judges requests by one secret. */
export type HookScheme = (request: HookRequest, now: Date) => HookVerdict;

const standardPrefix = "whsec_";
const minSecret = 16;
/** How far the time of a Standard Webhooks delivery may be from ours, either way. */
export const toleranceMs: number = 5 * 60_000;

const foreign: HookVerdict = { verdict: "foreign" };

/**
 * The scheme of a secret; `undefined` where it is none: under 16 characters, or `whsec_` without base64 of 24 to 64
 * bytes.
 */
export function schemeOf(secret: string): HookScheme | undefined {
  if (!secret.startsWith(standardPrefix))
    return secret.length < minSecret ? undefined : plainScheme(secret);
  const text = secret.slice(standardPrefix.length);
  const key = Buffer.from(text, "base64");
  const isKey = /^[A-Za-z0-9+/]+={0,2}$/.test(text) && key.length >= 24 && key.length <= 64;
  return isKey ? standardScheme(key) : undefined;
}

function standardScheme(key: Uint8Array): HookScheme {
  return ({ body, headers }, now) => {
    const id = one(headers["webhook-id"]);
    const time = one(headers["webhook-timestamp"]);
    // No full stop in the id: what is signed is `id.time.body`, and must be read in one way only.
    if (!/^[!-\-/-~]{1,256}$/.test(id) || !/^\d{1,12}$/.test(time)) return foreign;
    const mac = createHmac("sha256", key).update(`${id}.${time}.`).update(body).digest();
    const isSigned = one(headers["webhook-signature"])
      .split(" ")
      .some((one) => one.startsWith("v1,") && isSame(Buffer.from(one.slice(3), "base64"), mac));
    if (!isSigned) return foreign;
    if (Math.abs(now.getTime() - Number(time) * 1000) > toleranceMs) return { verdict: "stale" };
    return { verdict: "authentic", key: nameOf("id", id), isOnce: true };
  };
}

function plainScheme(secret: string): HookScheme {
  return ({ body, headers }) => {
    const bearer = /^Bearer (\S+)$/.exec(one(headers["authorization"]))?.[1];
    if (bearer !== undefined) {
      if (!isSame(sha256(bearer), sha256(secret))) return foreign;
      const id = one(headers["idempotency-key"]);
      return id === ""
        ? { verdict: "authentic", key: nameOf("unnamed", body), isOnce: false }
        : { verdict: "authentic", key: nameOf("id", id), isOnce: true };
    }
    const shown = /^sha256=([0-9a-f]{64})$/.exec(one(headers["x-hub-signature-256"]))?.[1];
    if (shown === undefined) return foreign;
    const mac = createHmac("sha256", secret).update(body).digest();
    if (!isSame(Buffer.from(shown, "hex"), mac)) return foreign;
    return { verdict: "authentic", key: nameOf("body", body), isOnce: true };
  };
}

/** Half a digest: thousands are kept. */
function nameOf(kind: "id" | "body" | "unnamed", what: string | Uint8Array): string {
  return createHash("sha256").update(`${kind} `).update(what).digest("hex").slice(0, 32);
}

/** The value of a header that comes once. */
function one(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : "";
}

function sha256(data: string): Buffer {
  return createHash("sha256").update(data).digest();
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
