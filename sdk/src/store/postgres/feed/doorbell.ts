/**
 * LISTEN: a connection of its own that hears when another process has told something. It says no more than that, for a
 * ring that is missed costs time only; when the connection was lost, everybody looks as soon as there is another.
 */
import { setTimeout as pause } from "node:timers/promises";
import type { SessionClass } from "../hosts.ts";

/** Of the whole database. */
export const channel = "outrider_feed";

/** What a ring says. */
export interface Ring {
  /** The process that told. */
  readonly origin: string;
  readonly makesWork: boolean;
}

/** A ring as a notification's payload. */
export function ringOf({ origin, makesWork }: Ring): string {
  return `${origin} ${makesWork ? "work" : "news"}`;
}

/** What hears. */
export interface Doorbell {
  close(): Promise<void>;
}

const firstPauseMs = 50;
const longestPauseMs = 2000;

/** Hears until it is closed. @param onRing without a ring: one may have been missed */
export function hear(Session: SessionClass, onRing: (ring?: Ring) => void): Doorbell {
  const stop = new AbortController();
  let end: (() => void) | undefined;

  async function listen(): Promise<void> {
    const client = new Session();
    try {
      const lost = new Promise<void>((resolve) => {
        end = resolve;
        client.once("end", resolve).on("error", () => resolve());
      });
      client.on("notification", ({ payload = "" }) => {
        const [origin = "", news] = payload.split(" ");
        onRing({ origin, makesWork: news === "work" });
      });
      await client.connect();
      await client.query(`LISTEN ${channel}`);
      onRing();
      if (!stop.signal.aborted) await lost;
    } finally {
      client.end().catch(() => undefined);
    }
  }

  async function keep(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!stop.signal.aborted) {
      const heardMs = performance.now();
      await listen().catch(() => undefined); // whoever needs the database says that it is away
      if (performance.now() - heardMs > longestPauseMs) pauseMs = firstPauseMs;
      await pause(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
      pauseMs = Math.min(2 * pauseMs, longestPauseMs);
    }
  }

  const keeping = keep();
  return {
    async close() {
      stop.abort();
      end?.();
      await keeping;
    },
  };
}
