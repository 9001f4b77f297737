/**
 * The agent between start and stop: listens to all receivers, takes up again what waits, sends receipts. One transport
 * that cannot be listened to does not silence the others; what goes wrong in the background is said and tried again.
 */
import { pause, type Receiver } from "../transport/index.ts";
import type { Agent } from "./agent.ts";
import type { Workplace } from "./workplace.ts";

const defaultRetryMs = 60_000;
/** A carrier shows its stale catalog again and again; the others are asked this often at most. */
const lookAroundMs = 60_000;
const clockLookMs = 5000;

/** One run. */
export class AgentRun {
  readonly #agent: Pick<Agent, "receiveOne" | "resume" | "flush" | "on">;
  readonly #place: Workplace;
  readonly #receivers: readonly Receiver[];
  #lookedAroundAt = -lookAroundMs;
  /** Aborted when something has come that unfinished work may have waited for. */
  #arrival = new AbortController();

  constructor(
    agent: Pick<Agent, "receiveOne" | "resume" | "flush" | "on">,
    place: Workplace,
    receivers: readonly Receiver[],
  ) {
    this.#agent = agent;
    this.#place = place;
    this.#receivers = receivers;
  }

  /** Goes on until told to stop; ends by itself only where nobody can be listened to. */
  async untilStopped(asked: AbortSignal): Promise<void> {
    const end = new AbortController();
    const stop = AbortSignal.any([asked, end.signal]);
    const deaf = this.#place.obtainers.map((obtainer) =>
      obtainer.onArrival?.(() => this.#arrival.abort()),
    );
    const off = this.#agent.on(({ type }) => {
      if (type === "stale") this.#lookAround();
    });
    try {
      await this.#tend(stop);
      await this.#clockToBeRight(stop);
      const working = this.#receivers.map((receiver) => this.#listen(receiver, stop));
      working.push(this.#retry(stop));
      try {
        await Promise.all(working);
      } finally {
        end.abort(); // what fails does not leave the others at work behind it
        await Promise.allSettled(working);
      }
    } finally {
      for (const leave of [...deaf, off]) leave?.();
    }
  }

  async #listen(receiver: Receiver, signal: AbortSignal): Promise<void> {
    try {
      for await (const incoming of receiver.receive({ signal })) {
        await this.#agent.receiveOne(incoming, { transport: receiver.name, signal });
        void this.#sendReceipts(signal).catch(() => undefined);
      }
    } catch (error) {
      if (signal.aborted) return;
      // One transport that cannot be listened to does not silence the others.
      const message = messageOf(error);
      this.#place.logger.log("error", message, { transport: receiver.name });
      this.#place.events.emit({ type: "unavailable", transport: receiver.name, message });
      if (this.#receivers.length === 1) throw error;
    }
  }

  /** News may be held back on one transport: all look now, not at their next turn (THREATS N9). */
  #lookAround(): void {
    const now = performance.now();
    if (now - this.#lookedAroundAt < lookAroundMs) return;
    this.#lookedAroundAt = now;
    for (const receiver of this.#receivers) receiver.lookNow?.();
  }

  async #retry(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (await this.#clockToBeRight(signal)) this.#lookAround();
      const woken = AbortSignal.any([signal, this.#arrival.signal]);
      await pause(this.#place.policy.retryMs ?? defaultRetryMs, woken);
      if (this.#arrival.signal.aborted) this.#arrival = new AbortController();
      if (!signal.aborted) await this.#tend(signal);
    }
  }

  /**
   * Waits while the clock is before the trust document: a machine without a battery starts decades back, and is told
   * the time some minutes after it started. What came meanwhile could not be judged.
   *
   * @returns whether it was
   */
  async #clockToBeRight(signal: AbortSignal): Promise<boolean> {
    const { trust, clock, logger, policy } = this.#place;
    const isBehind = (): boolean => !signal.aborted && trust.isAheadOf(clock.now());
    const say = (level: "warn" | "info", what: string): void =>
      logger.log(level, `The clock says ${clock.now().toISOString()}${what}`);
    if (!isBehind()) return false;
    say(
      "warn",
      `, and the trust document is of ${trust.document.issuedAt}. Nothing is installed until the clock is right.`,
    );
    const lookMs = Math.min(clockLookMs, policy.retryMs ?? clockLookMs);
    while (isBehind()) await pause(lookMs, signal);
    if (signal.aborted) return false;
    say("info", ": news are looked for.");
    await this.#tend(signal);
    return true;
  }

  async #tend(signal: AbortSignal): Promise<void> {
    try {
      await this.#agent.resume({ signal });
    } catch (error) {
      this.#note(error, signal);
    }
    await this.#sendReceipts(signal);
  }

  async #sendReceipts(signal: AbortSignal): Promise<void> {
    try {
      await this.#agent.flush({ signal });
    } catch (error) {
      this.#note(error, signal);
    }
  }

  /** What goes wrong in the background is tried again: said, not thrown. */
  #note(error: unknown, signal: AbortSignal): void {
    if (signal.aborted) throw error;
    this.#place.logger.log("error", messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
