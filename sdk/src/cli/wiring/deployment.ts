/** Deployments as a server shows them, for people: `status` and `push --wait`. */
import { setTimeout as pause } from "node:timers/promises";
import { countInstalled, ledgerStates, type ShownDeployment } from "../../client/index.ts";
import { formatTable } from "../table.ts";

const pollMs = 1000;

/** Waves and counts as a table, under the state and its reason. */
export function describeDeployment(shown: ShownDeployment): string[] {
  const { deployment, state, reason, waves } = shown;
  const { installed, agents } = countInstalled(shown);
  const seen = ledgerStates.filter((name) => waves.some(({ counts }) => counts[name] > 0));
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
