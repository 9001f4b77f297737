/** A simulation in lines, for people. */
import {
  formatDuration,
  formatNumber,
  formatQuantity,
  type PartFound,
  type SimulationResult,
  type TimesTo,
} from "../server/plan/index.ts";
import { formatTable } from "./table.ts";

const partNames: Readonly<Record<PartFound["part"], string>> = {
  limits: "limits of provider and destinations",
  relay: "relay, messages",
  relayLine: "relay, bytes",
  line: "server's line",
  store: "receipts",
};

const partUnits = { messages: "/s", bytes: "B/s", receipts: "/s" } as const;

/** When how many have it, what paused, and what was waited for, the worst first. */
export function describeSimulation(result: SimulationResult): string[] {
  const { counts, machines, standsFor, seed, state, reason } = result;
  const each = standsFor === 1 ? "" : `, each simulated one standing for ${standsFor}`;
  return [
    `Simulated ${formatNumber(machines)} machines${each}, seed ${seed}: ${state}, ${reason}.`,
    `${formatNumber(counts.told)} told, ${formatNumber(counts.installed)} installed, ${formatNumber(counts.broken)} failed, ${formatNumber(counts.silent)} silent${counts.spared === 0 ? "" : `, ${formatNumber(counts.spared)} spared by the recall`}.`,
    ...result.pauses.map(
      ({ atMs, reason: why, told, touched, broken }) =>
        `Pauses itself after ${formatDuration(atMs)}: ${why}. Told by then: ${formatNumber(told)}; tried: ${formatNumber(touched)}; failed: ${formatNumber(broken)}.`,
    ),
    "",
    ...formatTable(
      ["machines", "50 %", "95 %", "99 %"],
      [
        ["told", ...timesOf(result.told)],
        ["installed", ...timesOf(result.installed)],
        ["answered", ...timesOf(result.reported)],
      ],
    ),
    "",
    ...formatTable(
      ["part", "waited for", "peak", "bears"],
      result.parts.map(({ part, waitedMs, peak, limit, unit = "messages" }) => [
        partNames[part],
        formatDuration(waitedMs),
        peak === undefined ? "" : formatQuantity(peak, partUnits[unit]),
        limit === undefined ? "" : formatQuantity(limit, partUnits[unit]),
      ]),
    ),
  ];
}

function timesOf({ half, p95, p99 }: TimesTo): string[] {
  return [half, p95, p99].map((ms) => (ms === undefined ? "-" : formatDuration(ms)));
}
