/**
 * Fires when an authenticated HTTP request comes. The request is kept before it is answered, so what was answered with
 * 202 fires even if the server dies at once; the same delivery sent again fires once, also after a restart.
 *
 * What is remembered is bounded, and a flood of honest calls does not make room for an old one: what came within the
 * last ten minutes, twice the time a signed delivery stays good, is forgotten never, and calls beyond it are sent away.
 */
import { OutriderError } from "../errors/index.ts";
import type { Clock } from "../ports/index.ts";
import type { WebhookSource } from "../schema/index.ts";
import { toleranceMs, type HookRequest, type HookScheme } from "./delivery.ts";
import type { EventSource, SourceState } from "./source.ts";

/** What a webhook needs. */
export interface WebhookParts {
  readonly state: SourceState;
  /** Its own place in the state. */
  readonly key: string;
  /** Who may call, and what names a call. */
  readonly scheme: HookScheme;
  readonly clock: Clock;
}

/** What to answer. */
export type HookAnswer =
  /** Kept, or known from before: the caller need not send it again. */
  | { readonly status: 202; readonly outcome: "accepted" | "known" }
  /** Not authentic, or authentic and signed at another time than now. */
  | { readonly status: 401; readonly verdict: "foreign" | "stale" };

/** A source that is called from outside. */
export interface HookSource extends EventSource {
  readonly name: string;
  /** Takes a request. @throws UNAVAILABLE where more came than can be remembered: send it again later */
  handle(request: HookRequest): Promise<HookAnswer>;
}

interface Call {
  /** Names the delivery. */
  readonly key: string;
  readonly at: string;
}

interface Kept {
  readonly waiting: readonly Call[];
  /** Calls that had their effect, newest last. */
  readonly done: readonly Call[];
}

/** How many deliveries are remembered, to know one that is sent again. */
export const maxRemembered: number = 4000;
const neverForgottenMs = 2 * toleranceMs;

/** Makes a webhook. */
export function webhookSource(definition: WebhookSource, parts: WebhookParts): HookSource {
  const { state, key: place, scheme, clock } = parts;
  type Edit<T> = (kept: Kept) => { kept: Kept; result: T };
  const tryChange = async <T>(edit: Edit<T>): Promise<T> => {
    const text = await state.get(place);
    const before: Kept =
      text === undefined ? { waiting: [], done: [] } : (JSON.parse(text) as Kept);
    const { kept, result } = edit(before);
    if (kept === before || (await state.swap(place, text, JSON.stringify(kept)))) return result;
    return tryChange(edit); // another process on this store was quicker
  };
  // One change after the other: requests come at once.
  let last: Promise<unknown> = Promise.resolve();
  const change = <T>(edit: Edit<T>): Promise<T> => {
    const turn = last.then(() => tryChange(edit));
    last = turn.catch(() => undefined);
    return turn;
  };
  const settle = (call: Call): Promise<void> =>
    change(({ waiting, done }) => ({
      kept: { waiting: waiting.filter(({ key }) => key !== call.key), done: [...done, call] },
      result: undefined,
    }));
  return {
    name: definition.name,
    async handle(request) {
      const now = clock.now();
      const judged = scheme(request, now);
      if (judged.verdict !== "authentic") return { status: 401, verdict: judged.verdict };
      const { key, isOnce } = judged;
      return change((kept): { kept: Kept; result: HookAnswer } => {
        const isCall = (call: Call): boolean => call.key === key;
        if (kept.waiting.some(isCall) || (isOnce && kept.done.some(isCall)))
          return { kept, result: { status: 202, outcome: "known" } };
        const room = makeRoom(kept, definition.name, now);
        const waiting = [...room.waiting, { key, at: now.toISOString() }];
        return { kept: { ...room, waiting }, result: { status: 202, outcome: "accepted" } };
      });
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

/** Forgets the oldest that had its effect where one more does not fit. */
function makeRoom(kept: Kept, name: string, now: Date): Kept {
  if (kept.waiting.length + kept.done.length < maxRemembered) return kept;
  const [oldest, ...done] = kept.done;
  if (oldest === undefined || Math.abs(now.getTime() - Date.parse(oldest.at)) <= neverForgottenMs)
    throw new OutriderError(
      "UNAVAILABLE",
      `The webhook ${name} was called more than ${maxRemembered} times in ten minutes, or as many calls wait. No more are taken until these are older.`,
      { subject: name },
    );
  return { ...kept, done };
}
