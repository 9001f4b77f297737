/**
 * Fires when an authenticated HTTP request comes. The request is kept before it is answered, so what was answered with
 * 202 fires even if the server dies at once; the same delivery sent again (same id; without one, the same body while it waits) fires once.
 *
 * Authentic is who knows the secret: `Authorization: Bearer SECRET`, or an HMAC-SHA-256 of the body under it, as the
 * usual forges send it (`X-Hub-Signature-256: sha256=…`).
 */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { Clock } from "../ports/index.ts";
import type { WebhookSource } from "../schema/index.ts";
import type { EventSource, SourceState } from "./source.ts";

/** What a webhook needs. */
export interface WebhookParts {
  readonly state: SourceState;
  /** Its own place in the state. */
  readonly key: string;
  /** Shared with whoever calls; at least 16 characters. */
  readonly secret: string;
  readonly clock: Clock;
}

/** A request as HTTP servers know it. Header names in lower case. */
export interface HookRequest {
  readonly body: Uint8Array;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
}

/** What to answer. */
export interface HookAnswer {
  readonly status: 202 | 401;
}

/** A source that is called from outside. */
export interface HookSource extends EventSource {
  readonly name: string;
  /** Takes a request: 202 when it is kept, 401 when it is not authentic. */
  handle(request: HookRequest): Promise<HookAnswer>;
}

interface Call {
  /** The delivery: its id as the caller names it, or else its body. */
  readonly key: string;
  readonly at: string;
}

interface Kept {
  readonly waiting: readonly Call[];
  /** Keys of calls that had their effect, newest last. */
  readonly done: readonly string[];
}

/** How many deliveries are remembered, to know one that is sent again. */
const maxDone = 1000;

/** Makes a webhook. */
export function webhookSource(definition: WebhookSource, parts: WebhookParts): HookSource {
  const { state, key: place, secret, clock } = parts;
  // One change after the other: requests come at once.
  let last: Promise<unknown> = Promise.resolve();
  const change = <T>(edit: (kept: Kept) => { kept: Kept; result: T }): Promise<T> => {
    const turn = last.then(async () => {
      const text = await state.get(place);
      const before: Kept =
        text === undefined ? { waiting: [], done: [] } : (JSON.parse(text) as Kept);
      const { kept, result } = edit(before);
      if (kept !== before) await state.set(place, JSON.stringify(kept));
      return result;
    });
    last = turn.catch(() => undefined);
    return turn;
  };
  const settle = (call: Call): Promise<void> =>
    change(({ waiting, done }) => ({
      kept: {
        waiting: waiting.filter((other) => other.key !== call.key),
        done: [...done, call.key].slice(-maxDone),
      },
      result: undefined,
    }));
  return {
    name: definition.name,
    async handle(request) {
      if (!isAuthentic(request, secret)) return { status: 401 };
      const id = idOf(request);
      const isNamed = id !== "";
      const key = sha256(isNamed ? `id ${id}` : request.body).toString("hex");
      const call = { key, at: clock.now().toISOString() };
      await change((kept) => {
        // A call without an id may mean the same again, once the last had its effect.
        const isKnown =
          (isNamed && kept.done.includes(call.key)) ||
          kept.waiting.some((other) => other.key === call.key);
        return {
          kept: isKnown ? kept : { ...kept, waiting: [...kept.waiting, call] },
          result: undefined,
        };
      });
      return { status: 202 };
    },
    async due() {
      const { waiting } = await change((kept) => ({ kept, result: kept }));
      return waiting.map((call) => ({
        key: `${call.at} ${call.key}`,
        at: new Date(call.at),
        event: { kind: "webhook", detail: definition.name },
        settle: () => settle(call),
      }));
    },
  };
}

function isAuthentic({ body, headers }: HookRequest, secret: string): boolean {
  const bearer = /^Bearer (\S+)$/.exec(one(headers["authorization"]))?.[1];
  if (bearer !== undefined) return isSame(sha256(bearer), sha256(secret));
  const signature = /^sha256=([0-9a-f]{64})$/.exec(one(headers["x-hub-signature-256"]))?.[1];
  if (signature === undefined) return false;
  return isSame(Buffer.from(signature, "hex"), createHmac("sha256", secret).update(body).digest());
}

/** The caller's own id of the delivery; empty where it names none. */
function idOf({ headers }: HookRequest): string {
  return one(headers["idempotency-key"]) || one(headers["x-github-delivery"]);
}

function one(value: string | readonly string[] | undefined): string {
  return typeof value === "string" ? value : "";
}

function sha256(data: string | Uint8Array): Buffer {
  return createHash("sha256").update(data).digest();
}

function isSame(one: Buffer, other: Buffer): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}
