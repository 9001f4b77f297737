/**
 * A rollout in virtual time, second by second: the real planner's jobs, the real thresholds (`deployments/decide.ts`),
 * the real buckets, and machines that behave by assumption. The same seed gives the same run.
 *
 * More machines than ten million are simulated by letting one stand for several: the rates of relay, provider, line and
 * store are divided by as many, and what comes out is multiplied.
 */
import { isOpen } from "../../../calendar/index.ts";
import type { Window } from "../../../schema/index.ts";
import type { TransportProfile } from "../../carriage/transports.ts";
import type { NextEvent } from "../../deployments/decide.ts";
import type { DraftPlan } from "../../drafting/draft.ts";
import type { Rate } from "../../limits/pace.ts";
import type { Behaviour, Capacity, Operator } from "./behaviour.ts";
import { CountedDeployment } from "./deployment.ts";
import { Findings, type SimulationResult } from "./findings.ts";
import { Machines } from "./machines.ts";
import { SimulatedSender } from "./sending.ts";

/** What is simulated. */
export interface SimulationInput {
  readonly plan: DraftPlan;
  /** Those the plan was drawn with; where machines stand for several, {@link sampledTransport}s. */
  readonly transports: readonly TransportProfile[];
  readonly windows: readonly Window[];
  readonly archiveBytes: number;
  /** When the trigger is accepted. */
  readonly startsAt: Date;
  /** How long the trigger is good, milliseconds: nothing happens later. */
  readonly validMs: number;
  readonly behaviour: Behaviour;
  readonly capacity: Capacity;
  readonly operator: Operator;
  readonly seed: number;
  /** Machines for which each one planned stands. Default 1. */
  readonly standsFor?: number;
}

/** The server looks at what is due at least this often, seconds; at once when something came in. */
const looksEvery = 60;

/** Runs it. */
export function simulate(input: SimulationInput): SimulationResult {
  const run = new Run(input);
  while (run.isOn) run.second();
  return run.result();
}

class Run {
  readonly #input: SimulationInput;
  readonly #findings: Findings;
  readonly #deployment: CountedDeployment;
  readonly #senders: readonly SimulatedSender[];
  readonly #machines: Machines;
  readonly #startMs: number;
  readonly #seconds: number;
  #now = 0;
  #pausedAt: number | undefined;
  #hasNews = true;
  #isWindowOpen = true;

  constructor(input: SimulationInput) {
    const { plan, windows, startsAt, validMs, capacity, archiveBytes, standsFor = 1 } = input;
    const machines = plan.waves.reduce((sum, { size }) => sum + size, 0);
    this.#input = input;
    this.#startMs = startsAt.getTime();
    this.#seconds = Math.ceil(validMs / 1000);
    this.#machines = new Machines(machines, this.#seconds, {
      behaviour: input.behaviour,
      seed: input.seed,
      service: {
        packages: capacity.uplinkBytesPerSecond / Math.max(1, archiveBytes) / standsFor,
        receipts: capacity.receiptsPerSecond / standsFor,
      },
    });
    this.#deployment = new CountedDeployment(
      { waves: plan.waves, windows, startsAt, expiresAt: new Date(this.#startMs + validMs) },
      (wave, before) => this.#machines.takeSilent(wave, (before.getTime() - this.#startMs) / 1000),
    );
    const rate = {
      messages: capacity.relayMessagesPerSecond / standsFor,
      bytes: capacity.relayBytesPerSecond / standsFor,
    };
    this.#senders = input.transports.map(
      (transport) => new SimulatedSender(transport, rate, archiveBytes),
    );
    this.#findings = new Findings({ machines, standsFor, seed: input.seed, capacity });
  }

  /** Until it is over and nobody is under way, or stands still for good. */
  get isOn(): boolean {
    if (this.#now >= this.#seconds) return false;
    if (this.#machines.underWay > 0) return true;
    const { state } = this.#deployment;
    return state === "running" || (state === "paused" && this.#input.operator.onPause === "resume");
  }

  second(): void {
    this.#operate();
    this.#look();
    const sent = this.#send();
    const lived = this.#machines.live(this.#now, (wave, from, outcome) =>
      this.#deployment.move(wave, from, outcome, 1),
    );
    this.#hasNews ||= sent.told + lived.receipts > 0;
    const waiting = this.#machines.waiting;
    this.#findings.add({
      ...lived,
      ...sent,
      lineBytes: lived.fetched * this.#input.archiveBytes,
      waits: {
        ...this.#senderWaits(),
        line: waiting.packages > 0,
        store: waiting.receipts > 0,
      },
    });
    this.#now++;
  }

  result(): SimulationResult {
    const { state, reason } = this.#deployment;
    return this.#findings.result({ state, reason, silent: this.#deployment.count("noAnswer") });
  }

  get #date(): Date {
    return new Date(this.#startMs + this.#now * 1000);
  }

  /** What a person does about a pause. */
  #operate(): void {
    const { onPause, afterSeconds } = this.#input.operator;
    if (this.#pausedAt === undefined || this.#now < this.#pausedAt + afterSeconds) return;
    const now = this.#date;
    if (onPause === "resume") this.#deployment.resume(now);
    if (onPause === "recall") {
      this.#deployment.recall(now);
      // The recall travels as the release did.
      this.#machines.recalledFrom = this.#now + this.#input.behaviour.mailMedianSeconds;
    }
    this.#pausedAt = undefined;
    this.#hasNews = true;
  }

  #look(): void {
    if (!this.#hasNews && this.#now % looksEvery !== 0) return;
    this.#hasNews = false;
    const now = this.#date;
    this.#isWindowOpen = isOpen(this.#input.windows, now);
    for (const event of this.#deployment.conduct(now)) this.#hear(event);
  }

  #hear({ kind, wave, reason }: NextEvent): void {
    if (kind === "paused") {
      this.#pausedAt = this.#now;
      this.#findings.pause(reason);
    }
    if (kind !== "waveStarted") return;
    const jobs = this.#input.plan.jobs.filter((job) => job.wave === wave);
    for (const sender of this.#senders) sender.start(jobs, this.#now * 1000);
  }

  #send(): { told: number; messages: number; mailBytes: number } {
    const sum = { told: 0, messages: 0, mailBytes: 0 };
    const mayBegin = this.#deployment.state === "running" && this.#isWindowOpen;
    const endMs = (this.#now + 1) * 1000;
    for (const sender of this.#senders)
      for (const { job, recipients, messages, bytes } of sender.sendUntil(endMs, mayBegin)) {
        const { carriage } = sender.profile;
        const isAtHand = job.attach || carriage === "share";
        this.#machines.tell(
          job.wave,
          recipients,
          { isMail: carriage === "message", isAtHand },
          this.#now,
        );
        this.#deployment.move(job.wave, "planned", "sent", recipients);
        sum.told += recipients;
        sum.messages += messages;
        sum.mailBytes += bytes;
      }
    return sum;
  }

  #senderWaits(): { limits: boolean; relay: boolean; relayLine: boolean } {
    const reasons = new Set(this.#senders.map(({ waitsFor }) => waitsFor));
    return {
      limits: reasons.has("limits"),
      relay: reasons.has("relay"),
      relayLine: reasons.has("relayLine"),
    };
  }
}

/** A transport's limits for a plan in which each machine stands for several. */
export function sampledTransport(transport: TransportProfile, standsFor: number): TransportProfile {
  const { pace } = transport;
  if (pace === undefined || standsFor === 1) return transport;
  const { perDestination, destinations = {} } = pace;
  const named = Object.entries(destinations).map(([name, rate]) => [name, slower(rate, standsFor)]);
  return {
    ...transport,
    pace: {
      ...pace,
      ...slower(pace, standsFor),
      ...(perDestination === undefined
        ? {}
        : { perDestination: slower(perDestination, standsFor) }),
      destinations: Object.fromEntries(named) as Record<string, Rate>,
    },
  };
}

function slower({ messagesPerMinute, recipientsPerDay }: Rate, standsFor: number): Rate {
  return {
    ...(messagesPerMinute === undefined
      ? {}
      : { messagesPerMinute: messagesPerMinute / standsFor }),
    ...(recipientsPerDay === undefined ? {} : { recipientsPerDay: recipientsPerDay / standsFor }),
  };
}
