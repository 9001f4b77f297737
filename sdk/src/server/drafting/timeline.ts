/**
 * Who gets what when, as a table of few rows however many recipients there are: for `outrider plan` and the editor.
 * It shows the earliest times: every wave succeeding as soon as its last message is out and its soak time over.
 */
import type { PlannedWave } from "../../ledger/index.ts";
import type { TransportProfile } from "../carriage/transports.ts";
import { messagesFor, type DraftJob } from "./jobs.ts";

/** One wave by one transport. */
export interface TimelineRow {
  readonly wave: string;
  readonly transport: string;
  readonly recipients: number;
  readonly messages: number;
  /** The archive travels along: inside, or in numbered parts. */
  readonly attach: boolean;
  /** Numbered parts that every recipient gets beside the message; 0 where the archive is inside it, or offered. */
  readonly parts: number;
  /** Start of the first and of the last job, milliseconds from acceptance. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Soak time of the wave, milliseconds: the next one waits for it. */
  readonly soakMs: number;
  /** Recipients whose jobs start in each fortieth of the time between. */
  readonly spread: readonly number[];
}

const spreadParts = 40;

/** Makes the rows, in the order of waves and transports. */
export function timelineOf(
  waves: readonly Pick<PlannedWave, "name" | "soakSeconds">[],
  jobs: readonly DraftJob[],
  transports: readonly TransportProfile[],
): TimelineRow[] {
  const rows: TimelineRow[] = [];
  let startMs = 0;
  for (const [index, { name, soakSeconds }] of waves.entries()) {
    const own = jobs.filter((job) => job.wave === index);
    let lastMs = startMs;
    for (const transport of transports) {
      const carried = own.filter((job) => job.transport === transport.name);
      if (carried.length === 0) continue;
      const row = rowOf(transport, carried, startMs);
      lastMs = Math.max(lastMs, row.toMs);
      rows.push({ wave: name, soakMs: soakSeconds * 1000, ...row });
    }
    startMs = lastMs + soakSeconds * 1000;
  }
  return rows;
}

function rowOf(
  transport: TransportProfile,
  jobs: readonly DraftJob[],
  startMs: number,
): Omit<TimelineRow, "wave" | "soakMs"> {
  let [recipients, messages, first, last] = [0, 0, Infinity, 0];
  for (const job of jobs) {
    recipients += job.size;
    messages +=
      transport.carriage === "message" ? messagesFor(job.size, transport.pace, job.messages) : 1;
    first = Math.min(first, job.delayMs);
    last = Math.max(last, job.delayMs);
  }
  const attach = jobs.some((job) => job.attach);
  const parts = jobs.reduce((most, job) => Math.max(most, job.messages - 1), 0);
  const times = { fromMs: startMs + first, toMs: startMs + last };
  const spread = spreadOf(jobs, first, last);
  return { transport: transport.name, recipients, messages, attach, parts, ...times, spread };
}

function spreadOf(jobs: readonly DraftJob[], firstMs: number, lastMs: number): number[] {
  const spread = Array.from({ length: spreadParts }, () => 0);
  const partMs = Math.max(1, lastMs - firstMs) / spreadParts;
  for (const { delayMs, size } of jobs) {
    const part = Math.min(spreadParts - 1, Math.floor((delayMs - firstMs) / partMs));
    spread[part] = (spread[part] ?? 0) + size;
  }
  return spread;
}
