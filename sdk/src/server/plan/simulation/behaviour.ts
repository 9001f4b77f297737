/**
 * How machines, mail and people behave in a simulation. These are assumptions to be replaced by one's own: nothing in
 * them was measured.
 */
import { evenly, exponential, logNormal, type SecondsDraw } from "./chance.ts";

/** Machines and the ways to them. Shares are from 0 to 1. */
export interface Behaviour {
  /** Machines on which the release fails, and is rolled back. */
  readonly failingShare: number;
  /** Machines that never answer: gone, broken, or turned to brick. */
  readonly silentShare: number;
  /** Machines that are off when they are told. */
  readonly offlineShare: number;
  /** How long those stay off, on average. */
  readonly offlineMeanSeconds: number;
  /** From the relay to the mailbox, and to the agent that listens to it. */
  readonly mailMedianSeconds: number;
  readonly mailP95Seconds: number;
  /** Mails that a greylisting relay makes wait for half an hour. */
  readonly deferredShare: number;
  /** How often agents look at a share, or at the catalog. */
  readonly pollSeconds: number;
  readonly installMedianSeconds: number;
  readonly installP95Seconds: number;
}

/** What one machine with the server, its relay and its line bears. */
export interface Capacity {
  /** Messages a second that the relay takes. */
  readonly relayMessagesPerSecond: number;
  /** Bytes a second that it takes, attachments and all. */
  readonly relayBytesPerSecond: number;
  /** Packages leave by this line when they are fetched from the server. Bytes a second. */
  readonly uplinkBytesPerSecond: number;
  /** Receipts a second that the server verifies and books. */
  readonly receiptsPerSecond: number;
}

/** Who does what about a deployment that has paused itself. */
export interface Operator {
  /** leave: nobody; resume: the failures are accepted; recall: the release is taken back. */
  readonly onPause: "leave" | "resume" | "recall";
  readonly afterSeconds: number;
}

/** A fleet of offices and shops, mostly on. */
export const ordinaryBehaviour: Behaviour = {
  failingShare: 0.002,
  silentShare: 0.003,
  offlineShare: 0.12,
  offlineMeanSeconds: 8 * 3600,
  mailMedianSeconds: 20,
  mailP95Seconds: 180,
  deferredShare: 0.02,
  pollSeconds: 60,
  installMedianSeconds: 45,
  installP95Seconds: 300,
};

/** One machine of two cores, a relay on the same network, a gigabit line. */
export const ordinaryCapacity: Capacity = {
  relayMessagesPerSecond: 100,
  relayBytesPerSecond: 125_000_000,
  uplinkBytesPerSecond: 125_000_000,
  receiptsPerSecond: 2000,
};

/** How long each thing takes, to be drawn from. */
export interface Delays {
  readonly mail: SecondsDraw;
  readonly poll: SecondsDraw;
  readonly off: SecondsDraw;
  readonly deferred: SecondsDraw;
  readonly install: SecondsDraw;
}

/** Prepares the draws. */
export function delaysOf(behaviour: Behaviour): Delays {
  return {
    mail: logNormal(behaviour.mailMedianSeconds, behaviour.mailP95Seconds),
    poll: evenly(behaviour.pollSeconds),
    off: exponential(behaviour.offlineMeanSeconds),
    deferred: evenly(1800),
    install: logNormal(behaviour.installMedianSeconds, behaviour.installP95Seconds),
  };
}
