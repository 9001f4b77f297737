/** Deployments as a server shows them, for people: `status` and `push --wait`. */
import { setTimeout as pause } from "node:timers/promises";
import type { DeploymentProgress, DeploymentRecord, LedgerState } from "../../ledger/index.ts";
import { formatTable } from "../table.ts";
import type { ServerClient } from "./server-client.ts";

/** One deployment, as `GET /deployments/ID` shows it. */
export interface ShownDeployment extends Omit<DeploymentProgress, "deployment"> {
  readonly deployment: Omit<DeploymentRecord, "trigger">;
}

const states: readonly LedgerState[] = [
  "planned",
  "sent",
  "received",
  "installed",
  "rolledBack",
  "failed",
  "refused",
  "noAnswer",
];

const pollMs = 1000;

/** Reads one. */
export async function readDeployment(client: ServerClient, id: string): Promise<ShownDeployment> {
  return (await client.get(`deployments/${encodeURIComponent(id)}`)) as ShownDeployment;
}

/** Reads the newest. */
export async function readDeployments(client: ServerClient): Promise<ShownDeployment[]> {
  return (await client.get("deployments")) as ShownDeployment[];
}

/** How many of it have it, of how many. */
export function countInstalled({ waves }: ShownDeployment): { installed: number; agents: number } {
  let [installed, agents] = [0, 0];
  for (const { counts } of waves) {
    installed += counts.installed;
    for (const state of states) agents += counts[state];
  }
  return { installed, agents };
}

/** Waves and counts as a table, under the state and its reason. */
export function describeDeployment(shown: ShownDeployment): string[] {
  const { deployment, state, reason, waves } = shown;
  const { installed, agents } = countInstalled(shown);
  const seen = states.filter((name) => waves.some(({ counts }) => counts[name] > 0));
  const rows = waves.map((wave, at) => [
    deployment.waves[at]?.name ?? String(at + 1),
    wave.state,
    ...seen.map((name) => String(wave.counts[name])),
  ]);
  return [
    `${deployment.packageName} ${deployment.version}, deployment ${deployment.id}`,
    `${state}${reason === "" ? "" : `: ${reason}`}; ${installed} of ${agents} installed`,
    "",
    ...formatTable(["wave", "state", ...seen], rows),
  ];
}

/** Deployments as a table, newest first. */
export function describeDeployments(list: readonly ShownDeployment[]): string[] {
  if (list.length === 0) return ["No deployments."];
  const rows = list.map((shown) => {
    const { deployment, state, reason } = shown;
    const { installed, agents } = countInstalled(shown);
    const name = `${deployment.packageName} ${deployment.version}`;
    return [deployment.id, name, state, `${installed} of ${agents}`, reason];
  });
  return formatTable(["deployment", "package", "state", "installed", "reason"], rows);
}

/** It goes on by itself; else it is over, or somebody has to do something. */
export function isUnderWay({ state }: ShownDeployment): boolean {
  return state === "running" || state === "waiting";
}

/** What is seen, each time it has changed, until `isOver` says so or the signal is given. */
export async function* watchChanges<T>(
  look: () => Promise<T>,
  isOver: (seen: T) => boolean,
  signal: AbortSignal,
): AsyncGenerator<T, void, undefined> {
  let before = "";
  while (!signal.aborted) {
    const seen = await look();
    const text = JSON.stringify(seen);
    if (text !== before) yield seen;
    before = text;
    if (isOver(seen)) return;
    await pause(pollMs, undefined, { signal }).catch(() => undefined);
  }
}
