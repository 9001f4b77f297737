/** What a server shows of its deployments. */
import {
  ledgerStates,
  type DeploymentEvent,
  type DeploymentProgress,
  type DeploymentRecord,
  type DeploymentState,
  type LedgerRow,
  type LedgerState,
  type WaveProgress,
  type WaveStanding,
} from "../ledger/index.ts";
import type { AuditLine } from "../server/audit/entry.ts";
import type { RequestOptions, ServerClient } from "./client.ts";

/** One deployment, as `GET /deployments/ID` shows it. */
export interface ShownDeployment extends Omit<DeploymentProgress, "deployment" | "waves"> {
  readonly deployment: Omit<DeploymentRecord, "trigger">;
  readonly waves: readonly ShownWave[];
  /** It is halted, and its release was taken back by an order of its own. */
  readonly recalled?: true;
}

/** Where a wave stands, now that its deployment stands as it does. */
export interface ShownWave extends Omit<WaveProgress, "state"> {
  readonly state: WaveStanding;
}

/** Reads the newest, at most 100. */
export async function readDeployments(
  client: ServerClient,
  options?: RequestOptions,
): Promise<ShownDeployment[]> {
  return (await client.get("deployments", options)) as ShownDeployment[];
}

/** Reads one. */
export async function readDeployment(
  client: ServerClient,
  id: string,
  options?: RequestOptions,
): Promise<ShownDeployment> {
  return (await client.get(`deployments/${encodeURIComponent(id)}`, options)) as ShownDeployment;
}

/** Reads what happened to one, oldest first. */
export async function readEvents(
  client: ServerClient,
  id: string,
  options?: RequestOptions,
): Promise<DeploymentEvent[]> {
  const path = `deployments/${encodeURIComponent(id)}/events`;
  return (await client.get(path, options)) as DeploymentEvent[];
}

/** Reads the latest entries of the server's audit log about one, the latest first. */
export async function readAudit(
  client: ServerClient,
  id: string,
  { signal, limit = 50 }: RequestOptions & { readonly limit?: number } = {},
): Promise<AuditLine[]> {
  const query = new URLSearchParams({ deployment: id, limit: String(limit) });
  return (await client.get(`audit?${query.toString()}`, { signal })) as AuditLine[];
}

/** Part of a ledger, and whom to ask for. */
export interface RowsRequest extends RequestOptions {
  readonly after?: string;
  readonly state?: LedgerState;
  /** At most 10,000. */
  readonly limit?: number;
}

/** Reads a page of one deployment's agents, by id. */
export async function readRows(
  client: ServerClient,
  id: string,
  { signal, ...page }: RowsRequest = {},
): Promise<LedgerRow[]> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(page)) query.set(name, String(value));
  const path = `deployments/${encodeURIComponent(id)}/agents?${query.toString()}`;
  return (await client.get(path, { signal })) as LedgerRow[];
}

/** Everybody's row, page by page. */
export async function* readAllRows(
  client: ServerClient,
  id: string,
  options: RequestOptions = {},
): AsyncGenerator<LedgerRow, void, undefined> {
  for (let after = ""; ;) {
    const rows = await readRows(client, id, { ...options, after, limit: 10_000 });
    yield* rows;
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.agent;
  }
}

/** The state for people: a deployment that was recalled is halted, and more than that. */
export function stateShown({
  state,
  recalled,
}: Pick<ShownDeployment, "state" | "recalled">): DeploymentState | "recalled" {
  return recalled === true ? "recalled" : state;
}

/** How many of it have it, of how many. */
export function countInstalled({ waves }: Pick<ShownDeployment, "waves">): {
  readonly installed: number;
  readonly agents: number;
} {
  let [installed, agents] = [0, 0];
  for (const { counts } of waves) {
    installed += counts.installed;
    for (const state of ledgerStates) agents += counts[state];
  }
  return { installed, agents };
}

/** It goes on by itself; else it is over, or somebody has to do something. */
export function isUnderWay({ state }: Pick<ShownDeployment, "state">): boolean {
  return state === "running" || state === "waiting";
}
