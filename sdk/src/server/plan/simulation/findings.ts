/** What a simulation found: times, peaks, what it waited for, and curves. */
import type { DeploymentState } from "../../../ledger/index.ts";
import type { Capacity } from "./behaviour.ts";
import { Series, type Points } from "./series.ts";

/** How long until so many of all machines; absent if it was never reached. Milliseconds from acceptance. */
export interface TimesTo {
  readonly half?: number;
  readonly p95?: number;
  readonly p99?: number;
}

/** A pause that the deployment made by itself. */
export interface PauseFound {
  readonly atMs: number;
  readonly reason: string;
  /** Machines that had been told by then. */
  readonly told: number;
  /** Machines that had installed it by then, or had tried. */
  readonly touched: number;
  /** Machines on which it had failed by then. */
  readonly broken: number;
}

/** A part that may be too slow. */
export interface PartFound {
  /** limits: what mail provider and destinations allow; relay, and its line; line: the server's own; store. */
  readonly part: "limits" | "relay" | "relayLine" | "line" | "store";
  /** What it bears, a second; absent for the provider's limits, which are a plan of their own. */
  readonly limit?: number;
  /** Most in a second, over the busiest minute. */
  readonly peak?: number;
  readonly unit?: "messages" | "bytes" | "receipts";
  /** How long something waited for it, milliseconds in all. */
  readonly waitedMs: number;
}

/** What came out. */
export interface SimulationResult {
  readonly machines: number;
  /** Machines for which each simulated one stands. */
  readonly standsFor: number;
  readonly seed: number;
  /** How the deployment stood in the end, and why. */
  readonly state: DeploymentState;
  readonly reason: string;
  readonly endedMs: number;
  readonly told: TimesTo;
  readonly installed: TimesTo;
  readonly reported: TimesTo;
  readonly counts: {
    readonly told: number;
    readonly installed: number;
    readonly broken: number;
    readonly spared: number;
    readonly silent: number;
  };
  readonly pauses: readonly PauseFound[];
  /** Slowest first: the first one saturates first. */
  readonly parts: readonly PartFound[];
  readonly messages: number;
  readonly bytes: { readonly mail: number; readonly line: number };
  readonly curves: Readonly<Record<Curve, Points>>;
}

/** Levels are machines; rates are per second: messages, their bytes, packages' bytes, receipts. */
export type Curve =
  | "told"
  | "installed"
  | "reported"
  | "broken"
  | "messageRate"
  | "mailRate"
  | "lineRate"
  | "receiptRate";

/** One second's sum, as the run counts it. */
export interface SecondFound {
  readonly told: number;
  readonly installed: number;
  readonly broken: number;
  readonly spared: number;
  readonly receipts: number;
  readonly messages: number;
  readonly mailBytes: number;
  readonly lineBytes: number;
  readonly waits: Readonly<Record<PartFound["part"], boolean>>;
}

const parts = ["limits", "relay", "relayLine", "line", "store"] as const;
const levels = ["told", "installed", "reported", "broken"] as const;
const minute = 60;

interface About {
  readonly machines: number;
  readonly standsFor: number;
  readonly seed: number;
  readonly capacity: Capacity;
}

/** Collects second by second. */
export class Findings {
  readonly #about: About;
  readonly #series: Readonly<Record<Curve, Series>> = {
    told: new Series("level"),
    installed: new Series("level"),
    reported: new Series("level"),
    broken: new Series("level"),
    messageRate: new Series("rate"),
    mailRate: new Series("rate"),
    lineRate: new Series("rate"),
    receiptRate: new Series("rate"),
  };
  readonly #sums = { told: 0, installed: 0, reported: 0, broken: 0, spared: 0, messages: 0 };
  readonly #bytes = { mail: 0, line: 0 };
  readonly #times = { told: {}, installed: {}, reported: {}, broken: {} } as Record<
    (typeof levels)[number],
    { half?: number; p95?: number; p99?: number }
  >;
  readonly #peaks = {
    messages: new Busiest(),
    mail: new Busiest(),
    line: new Busiest(),
    receipts: new Busiest(),
  };
  readonly #waited = { limits: 0, relay: 0, relayLine: 0, line: 0, store: 0 };
  readonly #pauses: PauseFound[] = [];
  #second = 0;

  constructor(about: About) {
    this.#about = about;
  }

  add(second: SecondFound): void {
    this.#second++;
    const sums = this.#sums;
    sums.told += second.told;
    sums.installed += second.installed;
    sums.broken += second.broken;
    sums.reported += second.receipts;
    sums.spared += second.spared;
    sums.messages += second.messages;
    this.#bytes.mail += second.mailBytes;
    this.#bytes.line += second.lineBytes;
    for (const level of levels) {
      this.#series[level].add(sums[level]);
      this.#reach(level);
    }
    this.#series.messageRate.add(second.messages);
    this.#series.mailRate.add(second.mailBytes);
    this.#series.lineRate.add(second.lineBytes);
    this.#series.receiptRate.add(second.receipts);
    this.#peaks.messages.add(second.messages);
    this.#peaks.mail.add(second.mailBytes);
    this.#peaks.line.add(second.lineBytes);
    this.#peaks.receipts.add(second.receipts);
    for (const part of parts) if (second.waits[part]) this.#waited[part] += 1000;
  }

  /** The deployment has paused itself. */
  pause(reason: string): void {
    const { told, installed, broken } = this.#sums;
    const by = this.#about.standsFor;
    this.#pauses.push({
      atMs: this.#second * 1000,
      reason,
      told: told * by,
      touched: (installed + broken) * by,
      broken: broken * by,
    });
  }

  result(end: {
    readonly state: DeploymentState;
    readonly reason: string;
    readonly silent: number;
  }): SimulationResult {
    const { standsFor, machines, seed } = this.#about;
    const { told, installed, broken, spared, messages } = this.#sums;
    const { told: toldAt, installed: installedAt, reported: reportedAt } = this.#times;
    return {
      machines: machines * standsFor,
      standsFor,
      seed,
      state: end.state,
      reason: end.reason,
      endedMs: this.#second * 1000,
      told: toldAt,
      installed: installedAt,
      reported: reportedAt,
      counts: {
        told: told * standsFor,
        installed: installed * standsFor,
        broken: broken * standsFor,
        spared: spared * standsFor,
        silent: end.silent * standsFor,
      },
      pauses: this.#pauses,
      parts: this.#parts(),
      messages: messages * standsFor,
      bytes: { mail: this.#bytes.mail * standsFor, line: this.#bytes.line * standsFor },
      curves: this.#curves(),
    };
  }

  #reach(level: (typeof levels)[number]): void {
    const share = this.#sums[level] / this.#about.machines;
    const times = this.#times[level];
    const nowMs = this.#second * 1000;
    if (share >= 0.5) times.half ??= nowMs;
    if (share >= 0.95) times.p95 ??= nowMs;
    if (share >= 0.99) times.p99 ??= nowMs;
  }

  #parts(): PartFound[] {
    const { standsFor: by, capacity } = this.#about;
    const { messages, mail, line, receipts } = this.#peaks;
    const found: PartFound[] = [
      { part: "limits", waitedMs: this.#waited.limits },
      {
        part: "relay",
        limit: capacity.relayMessagesPerSecond,
        peak: Math.min(capacity.relayMessagesPerSecond, messages.perSecond * by),
        unit: "messages",
        waitedMs: this.#waited.relay,
      },
      {
        part: "relayLine",
        limit: capacity.relayBytesPerSecond,
        // A job's bytes are booked when it ends, and a minute may see more ends than beginnings.
        peak: Math.min(capacity.relayBytesPerSecond, mail.perSecond * by),
        unit: "bytes",
        waitedMs: this.#waited.relayLine,
      },
      {
        part: "line",
        limit: capacity.uplinkBytesPerSecond,
        peak: line.perSecond * by,
        unit: "bytes",
        waitedMs: this.#waited.line,
      },
      {
        part: "store",
        limit: capacity.receiptsPerSecond,
        peak: receipts.perSecond * by,
        unit: "receipts",
        waitedMs: this.#waited.store,
      },
    ];
    return found.toSorted((one, other) => other.waitedMs - one.waitedMs);
  }

  #curves(): SimulationResult["curves"] {
    const { standsFor } = this.#about;
    const curves = Object.entries(this.#series).map(([name, series]) => [
      name,
      series.points(standsFor),
    ]);
    return Object.fromEntries(curves) as SimulationResult["curves"];
  }
}

/** The busiest minute. */
class Busiest {
  #seconds = 0;
  #sum = 0;
  #most = 0;

  add(value: number): void {
    this.#sum += value;
    this.#seconds++;
    this.#most = Math.max(this.#most, this.#sum / minute);
    if (this.#seconds % minute === 0) this.#sum = 0;
  }

  /** Mean of its seconds. */
  get perSecond(): number {
    return this.#most;
  }
}
