/**
 * What a transport and its destinations bear, in virtual time: the server's own rule (`limits/admission.ts`) over
 * buckets that are numbers in memory, and its line of those who wait.
 */
import {
  admit,
  namedLimits,
  type Addressed,
  type Lot,
  type NamedLimit,
} from "../../limits/admission.ts";
import { WaitingLine } from "../../limits/line.ts";
import type { Pace } from "../../limits/pace.ts";

/** How many of a job go to a destination. */
export type Shares = ReadonlyMap<string, number>;

/** What is sent now of a job, and what later. */
export interface Drawn {
  readonly admitted: number;
  readonly left: Shares;
  /** When the others ask again; absent where there are none. */
  readonly askAtMs?: number;
  /** Until then the transport itself bears nothing. */
  readonly restsUntilMs?: number;
}

/** The admission looks at keys alone: here nobody has one. */
const somebody: Addressed = { address: "" };

/** The limits of one simulated transport. */
export class SimulatedLimits {
  readonly #name: string;
  readonly #pace: Pace;
  readonly #own: readonly NamedLimit[];
  readonly #fullAtMs = new Map<string, number>();
  readonly #limitsOf = new Map<string, readonly NamedLimit[]>();
  readonly #line = new WaitingLine();

  constructor(name: string, pace: Pace) {
    this.#name = name;
    this.#pace = pace;
    this.#own = namedLimits(name, pace);
  }

  /** Takes what can be had now. @param different messages that each recipient gets */
  draw(shares: Shares, different: number, nowMs: number): Drawn {
    const lots = [...shares].map(([destination, count]) => this.#lotOf(destination, count));
    const limits = this.#own;
    const { fullAtMs, result } = admit(
      { lots, limits, pace: this.#pace, different, nowMs },
      this.#fullAtMs,
    );
    for (const [bucket, fullMs] of fullAtMs) this.#fullAtMs.set(bucket, fullMs);
    const { admitted, waiting, restsUntilMs } = result;
    if (restsUntilMs !== undefined)
      return { admitted: 0, left: shares, askAtMs: restsUntilMs, restsUntilMs };
    const left = new Map(
      waiting.map(({ destination, recipients }) => [destination, recipients.length]),
    );
    if (left.size === 0) return { admitted: admitted.length, left };
    const askAtMs = Math.min(...waiting.map((wait) => this.#line.placeOf(wait, nowMs)));
    return { admitted: admitted.length, left, askAtMs };
  }

  #lotOf(destination: string, count: number): Lot<Addressed> {
    let limits = this.#limitsOf.get(destination);
    if (limits === undefined)
      this.#limitsOf.set(destination, (limits = namedLimits(this.#name, this.#pace, destination)));
    return { destination, recipients: Array.from({ length: count }, () => somebody), limits };
  }
}
