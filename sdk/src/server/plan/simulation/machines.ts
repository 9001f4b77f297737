/**
 * The machines of a simulation. Each is told, hears of it (or never does), obtains the package, installs it, and
 * answers: a life of four moments, kept in three columns. Machines are numbered in the order in which they are told, so
 * that whatever is told together lies together.
 */
import { Agenda, type Queue } from "./agenda.ts";
import { delaysOf, type Behaviour, type Delays } from "./behaviour.ts";
import { chanceOf, type Chance } from "./chance.ts";

/** How the machines of one job are reached. */
export interface Way {
  readonly isMail: boolean;
  /** The package comes along, or lies on the share: nobody fetches it from the server. */
  readonly isAtHand: boolean;
}

/** What happened in one second. */
export interface Second {
  /** Machines that now run the release, and those on which it failed. */
  installed: number;
  broken: number;
  /** Machines that heard of the recall first. */
  spared: number;
  /** Packages that left by the server's line. */
  fetched: number;
  /** Receipts that were booked. */
  receipts: number;
}

/** An answer is booked: of a machine of this wave, that was counted as sent or as silent. */
export type Book = (wave: number, from: "sent" | "noAnswer", outcome: Outcome) => void;
type Outcome = "installed" | "rolledBack" | "refused";

/** What is served in a second. */
export interface Service {
  readonly packages: number;
  readonly receipts: number;
}

interface Batch {
  readonly second: number;
  readonly from: number;
  readonly to: number;
}

const moments = { hears: 0, fetches: 1, installs: 2, answers: 3 } as const;
const outcomes: readonly Outcome[] = ["installed", "rolledBack", "refused"];
const mail = 1;
const atHand = 2;
const silent = 4;
const answered = 8;
const outcomeShift = 4;

/** Lives of machines. */
export class Machines {
  readonly #behaviour: Behaviour;
  readonly #delays: Delays;
  readonly #chance: Chance;
  readonly #agenda: Agenda;
  readonly #line: Queue;
  readonly #desk: Queue;
  readonly #service: Service;
  readonly #moment: Uint8Array;
  readonly #wave: Uint8Array;
  readonly #traits: Uint8Array;
  readonly #batches: Batch[][] = [];
  readonly #looked: number[] = [];
  #told = 0;
  #under = 0;
  /** From then on who hears of the release has heard of its recall. */
  recalledFrom: number = Infinity;

  constructor(
    size: number,
    seconds: number,
    options: { readonly behaviour: Behaviour; readonly service: Service; readonly seed: number },
  ) {
    this.#behaviour = options.behaviour;
    this.#delays = delaysOf(options.behaviour);
    this.#service = options.service;
    this.#chance = chanceOf(options.seed);
    this.#agenda = new Agenda(size, seconds);
    this.#line = this.#agenda.queue();
    this.#desk = this.#agenda.queue();
    this.#moment = new Uint8Array(size);
    this.#wave = new Uint8Array(size);
    this.#traits = new Uint8Array(size);
  }

  /** Machines that have been told so far. */
  get told(): number {
    return this.#told;
  }

  /** Machines that will still do something. */
  get underWay(): number {
    return this.#under;
  }

  /** Machines that stand in line for the package, and receipts that wait to be booked. */
  get waiting(): { readonly packages: number; readonly receipts: number } {
    return { packages: this.#line.length, receipts: this.#desk.length };
  }

  /** So many are told. */
  tell(wave: number, count: number, way: Way, second: number): void {
    const from = this.#told;
    const traits = (way.isMail ? mail : 0) | (way.isAtHand ? atHand : 0);
    for (let machine = from; machine < from + count; machine++) {
      this.#wave[machine] = wave;
      this.#traits[machine] = traits;
      if (this.#chance() < this.#behaviour.silentShare) continue; // nobody hears of it again
      this.#under++;
      this.#agenda.note(machine, second + 1 + this.#travel(way.isMail) + this.#absence());
    }
    this.#told += count;
    (this.#batches[wave] ??= []).push({ second, from, to: from + count });
  }

  /** Lives through one second. */
  live(second: number, book: Book): Second {
    const happened: Second = { installed: 0, broken: 0, spared: 0, fetched: 0, receipts: 0 };
    this.#agenda.each(second, (machine) => this.#act(machine, second, happened));
    happened.fetched = this.#line.serve(this.#service.packages, (machine) =>
      this.#install(machine, second),
    );
    happened.receipts = this.#desk.serve(this.#service.receipts, (machine) =>
      this.#book(machine, book),
    );
    return happened;
  }

  /** Counts as silent who was told before that second and has not answered; each batch is looked at once. */
  takeSilent(wave: number, before: number): number {
    let found = 0;
    const batches = this.#batches[wave] ?? [];
    let at = this.#looked[wave] ?? 0;
    for (; at < batches.length; at++) {
      const batch = batches[at];
      if (batch === undefined || batch.second >= before) break;
      for (let machine = batch.from; machine < batch.to; machine++) {
        const traits = this.#traits[machine] ?? 0;
        if ((traits & answered) !== 0) continue;
        this.#traits[machine] = traits | silent;
        found++;
      }
    }
    this.#looked[wave] = at;
    return found;
  }

  #act(machine: number, second: number, happened: Second): void {
    const traits = this.#traits[machine] ?? 0;
    const moment = this.#moment[machine];
    if (moment === moments.hears) {
      if (second >= this.recalledFrom) {
        happened.spared++;
        this.#answer(machine, second, "refused");
      } else if ((traits & atHand) !== 0) this.#install(machine, second);
      else {
        this.#moment[machine] = moments.fetches;
        this.#line.add(machine);
      }
    } else if (moment === moments.installs) {
      const isBroken = this.#chance() < this.#behaviour.failingShare;
      if (isBroken) happened.broken++;
      else happened.installed++;
      this.#answer(machine, second, isBroken ? "rolledBack" : "installed");
    } else this.#desk.add(machine);
  }

  #install(machine: number, second: number): void {
    this.#moment[machine] = moments.installs;
    this.#agenda.note(machine, second + 1 + this.#delays.install(this.#chance));
  }

  #answer(machine: number, second: number, outcome: Outcome): void {
    this.#moment[machine] = moments.answers;
    const traits = this.#traits[machine] ?? 0;
    this.#traits[machine] = traits | (outcomes.indexOf(outcome) << outcomeShift);
    const isMail = (traits & mail) !== 0;
    this.#agenda.note(machine, second + 1 + (isMail ? this.#delays.mail(this.#chance) : 1));
  }

  #book(machine: number, book: Book): void {
    const traits = this.#traits[machine] ?? 0;
    this.#traits[machine] = traits | answered;
    this.#under--;
    const outcome = outcomes[traits >> outcomeShift] ?? "installed";
    book(this.#wave[machine] ?? 0, (traits & silent) === 0 ? "sent" : "noAnswer", outcome);
  }

  #travel(isMail: boolean): number {
    if (!isMail) return this.#delays.poll(this.#chance);
    const isDeferred = this.#chance() < this.#behaviour.deferredShare;
    return this.#delays.mail(this.#chance) + (isDeferred ? this.#delays.deferred(this.#chance) : 0);
  }

  #absence(): number {
    return this.#chance() < this.#behaviour.offlineShare ? this.#delays.off(this.#chance) : 0;
  }
}
