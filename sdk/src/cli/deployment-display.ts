/**
 * A deployment while it goes on: drawn over itself with bars on a terminal; elsewhere a line for each thing that
 * changed, and in the end the table; with `--json` a line of JSON each time.
 */
import type { ShownDeployment } from "../client/index.ts";
import type { LedgerState } from "../ledger/index.ts";
import type { Terminal } from "./io.ts";
import { openScreen } from "./screen.ts";
import { formatTable } from "./table.ts";
import {
  describeDeployment,
  stateLine,
  type Lane,
  type WatchedDeployment,
} from "./wiring/deployment.ts";

/** Shows what `watchDeployment` sees. */
export interface DeploymentDisplay {
  show(watched: WatchedDeployment): void;
  /** Nothing more comes. */
  end(): void;
}

/** Opens it on standard output. */
export function openDeploymentDisplay(terminal: Terminal): DeploymentDisplay {
  const isTerminal = "isTTY" in terminal.stdout && terminal.stdout.isTTY === true;
  return terminal.json || isTerminal ? drawn(terminal) : told(terminal);
}

function drawn(terminal: Terminal): DeploymentDisplay {
  const screen = openScreen(terminal);
  return { show: (watched) => screen.show(watched, draw(watched)), end: () => undefined };
}

/** Only what is new is said, so that a log of it can be read. */
function told(terminal: Terminal): DeploymentDisplay {
  let said: readonly string[] = [];
  let last: WatchedDeployment | undefined;
  return {
    show(watched) {
      last = watched;
      const lines = [
        headOf(watched),
        stateLine(watched),
        ...watched.lanes.map((lane) => sayLane(watched, lane)),
      ];
      const fresh = lines.filter((line) => !said.includes(line));
      said = lines;
      terminal.result(watched, fresh);
    },
    end() {
      if (last !== undefined) terminal.result(last, ["", ...describeDeployment(last)]);
    },
  };
}

function draw(watched: WatchedDeployment): string[] {
  const { deployment, waves, lanes } = watched;
  const rows = lanes.map((lane, at) => {
    const isFirst = lanes[at - 1]?.wave !== lane.wave;
    return [
      isFirst ? (deployment.waves[lane.wave]?.name ?? String(lane.wave + 1)) : "",
      isFirst ? (waves[lane.wave]?.state ?? "") : "",
      lane.transport ?? "",
      barOf(lane),
      wordsOf(lane),
    ];
  });
  return [
    headOf(watched),
    stateLine(watched),
    "",
    ...formatTable(["wave", "state", "by", "", ""], rows),
    "",
    "Ctrl-C ends the watching; the deployment goes on.",
  ];
}

function headOf({ deployment }: ShownDeployment): string {
  return `${deployment.packageName} ${deployment.version}, deployment ${deployment.id}`;
}

function sayLane({ deployment, waves }: WatchedDeployment, lane: Lane): string {
  const name = deployment.waves[lane.wave]?.name ?? String(lane.wave + 1);
  const by = lane.transport === undefined ? "" : ` by ${lane.transport}`;
  return `wave ${name}${by}, ${waves[lane.wave]?.state ?? ""}: ${wordsOf(lane)}`;
}

const lostStates = ["failed", "rolledBack", "refused", "noAnswer"] as const;
const lostWords = {
  failed: "failed",
  rolledBack: "rolled back",
  refused: "refused",
  noAnswer: "silent",
} as const;

function wordsOf({ counts }: Lane): string {
  const told = count(counts, "sent") + count(counts, "received");
  const lost = lostStates.flatMap((state) =>
    count(counts, state) === 0 ? [] : [`${count(counts, state)} ${lostWords[state]}`],
  );
  return [
    `${count(counts, "installed")} of ${sum(counts)} installed`,
    ...(told === 0 ? [] : [`${told} told`]),
    ...lost,
  ].join(", ");
}

const barWidth = 28;

/** Installed, lost, told, and still to come. */
function barOf({ counts }: Lane): string {
  const all = Math.max(1, sum(counts));
  const installed = Math.floor((count(counts, "installed") / all) * barWidth);
  const lost = lostStates.reduce((total, state) => total + count(counts, state), 0);
  const told = count(counts, "sent") + count(counts, "received");
  const lostWidth = Math.min(barWidth - installed, Math.ceil((lost / all) * barWidth));
  const toldWidth = Math.min(barWidth - installed - lostWidth, Math.round((told / all) * barWidth));
  const rest = barWidth - installed - lostWidth - toldWidth;
  return `${"█".repeat(installed)}${"x".repeat(lostWidth)}${"▒".repeat(toldWidth)}${"░".repeat(rest)}`;
}

function count(counts: Lane["counts"], state: LedgerState): number {
  return counts[state] ?? 0;
}

function sum(counts: Lane["counts"]): number {
  return Object.values(counts).reduce((total, each) => total + each, 0);
}
