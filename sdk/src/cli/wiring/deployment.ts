/** Deployments as a server shows them, for people: `status` and `push --wait`. */
import { setTimeout as pause } from "node:timers/promises";
import {
  countInstalled,
  readAllRows,
  readDeployment,
  stateShown,
  type ServerClient,
  type ShownDeployment,
} from "../../client/index.ts";
import { ledgerStates, type LedgerRow, type LedgerState } from "../../ledger/index.ts";
import { formatTable } from "../table.ts";

const pollMs = 1000;

/** Waves and counts as a table, under the state and its reason. */
export function describeDeployment(shown: ShownDeployment): string[] {
  const { deployment, waves } = shown;
  const { installed } = countInstalled(shown);
  const seen = ledgerStates.filter((name) => waves.some(({ counts }) => counts[name] > 0));
  const rows = waves.map((wave, at) => [
    deployment.waves[at]?.name ?? String(at + 1),
    wave.state,
    ...seen.map((name) => String(wave.counts[name])),
  ]);
  return [
    `${deployment.packageName} ${deployment.version}, deployment ${deployment.id}`,
    stateLine(shown),
    ...(shown.recalled === true && installed > 0
      ? [
          `${installed} ${installed === 1 ? "machine keeps" : "machines keep"} it until a higher version is pushed, or somebody goes back there: outrider agent rollback ${deployment.packageName}`,
        ]
      : []),
    "",
    ...formatTable(["wave", "state", ...seen], rows),
  ];
}

/** How it stands, why, and how many have it, in a line. */
export function stateLine(shown: ShownDeployment): string {
  const { installed, agents } = countInstalled(shown);
  const why = shown.reason === "" ? "" : `: ${shown.reason}`;
  return `${stateShown(shown)}${why}; ${installed} of ${agents} installed`;
}

/** Deployments as a table, newest first. */
export function describeDeployments(list: readonly ShownDeployment[]): string[] {
  if (list.length === 0) return ["No deployments."];
  const rows = list.map((shown) => {
    const { deployment, reason } = shown;
    const { installed, agents } = countInstalled(shown);
    const name = `${deployment.packageName} ${deployment.version}`;
    return [deployment.id, name, stateShown(shown), `${installed} of ${agents}`, reason];
  });
  return formatTable(["deployment", "package", "state", "installed", "reason"], rows);
}

/** One wave by one transport; by all of them, where there are too many agents to be asked for one by one. */
export interface Lane {
  readonly wave: number;
  readonly transport?: string;
  readonly counts: Readonly<Partial<Record<LedgerState, number>>>;
}

/** A deployment as it is watched. */
export interface WatchedDeployment extends ShownDeployment {
  readonly lanes: readonly Lane[];
}

/** Whoever watches more than these sees waves, not transports: every look would read all of them. */
const mostAsked = 2000;

/** Looks at a deployment each time it has changed, until `isOver` says so or the signal is given. */
export async function* watchDeployment(
  client: ServerClient,
  id: string,
  isOver: (shown: ShownDeployment) => boolean,
  signal: AbortSignal,
): AsyncGenerator<WatchedDeployment, void, undefined> {
  for await (const shown of watchChanges(() => readDeployment(client, id), isOver, signal))
    yield { ...shown, lanes: await lanesOf(client, shown) };
}

async function lanesOf(client: ServerClient, shown: ShownDeployment): Promise<Lane[]> {
  if (countInstalled(shown).agents > mostAsked)
    return shown.waves.map(({ counts }, wave) => ({ wave, counts }));
  const rows: LedgerRow[] = [];
  for await (const row of readAllRows(client, shown.deployment.id)) rows.push(row);
  const groups = Map.groupBy(rows, ({ wave, transport }) => `${wave} ${transport}`);
  return [...groups.values()]
    .map(laneOf)
    .toSorted(
      (one, other) => one.wave - other.wave || one.transport.localeCompare(other.transport),
    );
}

function laneOf(rows: readonly LedgerRow[]): Lane & { readonly transport: string } {
  const { wave = 0, transport = "" } = rows[0] ?? {};
  const counts: Partial<Record<LedgerState, number>> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return { wave, transport, counts };
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
