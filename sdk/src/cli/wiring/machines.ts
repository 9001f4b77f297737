/** The machines of a deployment for people: those that are lost with the reason, or all of them, page by page. */
import {
  readRows,
  type RequestOptions,
  type ServerClient,
  type ShownDeployment,
} from "../../client/index.ts";
import type { LedgerRow, LedgerState } from "../../ledger/index.ts";
import { formatTable } from "../table.ts";

/** States of machines that somebody has to look at. */
const lostStates = [
  "failed",
  "rolledBack",
  "refused",
  "noAnswer",
] as const satisfies readonly LedgerState[];
const mostShown = 10;

/** The first lost machines as lines under the waves; none where all is well. */
export async function describeLost(
  client: ServerClient,
  shown: ShownDeployment,
  options: RequestOptions = {},
): Promise<string[]> {
  const { id } = shown.deployment;
  const countOf = (state: LedgerState): number =>
    shown.waves.reduce((total, { counts }) => total + counts[state], 0);
  const states = lostStates.filter((state) => countOf(state) > 0);
  const rows: LedgerRow[] = [];
  for (const state of states)
    if (rows.length < mostShown)
      rows.push(
        ...(await readRows(client, id, { ...options, state, limit: mostShown - rows.length })),
      );
  if (rows.length === 0) return [];
  const more = states.reduce((total, state) => total + countOf(state), 0) - rows.length;
  return [
    "",
    ...tableOf(shown, rows),
    ...(more > 0
      ? [`and ${more} more: outrider status ${id} --agents ${states.at(-1) ?? ""}`.trim()]
      : []),
  ];
}

/** Machines by name, as rows and as lines, a page each. */
export async function* pagesOf(
  client: ServerClient,
  shown: ShownDeployment,
  { state, ...options }: RequestOptions & { readonly state?: LedgerState } = {},
): AsyncGenerator<{ readonly rows: readonly LedgerRow[]; readonly lines: readonly string[] }> {
  const limit = 1000;
  for (let after = ""; ;) {
    const request = { ...options, after, limit, ...(state === undefined ? {} : { state }) };
    const rows = await readRows(client, shown.deployment.id, request);
    const last = rows.at(-1);
    if (last === undefined && after !== "") return;
    yield { rows, lines: rows.length === 0 ? ["No machines."] : tableOf(shown, rows) };
    if (last === undefined || rows.length < limit) return;
    after = last.agent;
  }
}

function tableOf({ deployment }: ShownDeployment, rows: readonly LedgerRow[]): string[] {
  return formatTable(
    ["agent", "wave", "by", "address", "state", "since", "why"],
    rows.map(({ agent, wave, transport, address, state, changedAt, detail }) => [
      agent,
      deployment.waves[wave]?.name ?? String(wave + 1),
      transport,
      address === transport ? "" : address,
      state,
      changedAt,
      detail,
    ]),
  );
}
