/** Carries out what `decide.ts` says is due: the only place that moves deployments by itself. */
import { setImmediate as nextTurn } from "node:timers/promises";
import { maySend } from "../../calendar/index.ts";
import type {
  DeploymentEvent,
  DeploymentProgress,
  DeploymentStore,
  ValueStore,
} from "../../ledger/index.ts";
import type { Clock } from "../../ports/index.ts";
import type { Audience } from "../../schema/index.ts";
import type { ServerEvent } from "../news/events.ts";
import { notify, type NotifyParts } from "../notify.ts";
import type { Catalog } from "../publishing/catalog.ts";
import type { ListedEntry } from "../publishing/contents.ts";
import type { HostedPackage, PackageSource } from "../publishing/packages.ts";
import { decide } from "./decide.ts";
import { showSteering } from "./steering.ts";

/** What conducting needs. */
export interface ConductParts {
  readonly deployments: DeploymentStore;
  readonly packages: PackageSource;
  readonly catalog: Catalog;
  readonly values: Pick<ValueStore, "get">;
  readonly notify: NotifyParts;
  readonly clock: Clock;
  tell(event: ServerEvent): void;
}

/** Most agents that one catalog entry names (schema, audience). */
const agentsPerEntry = 10_000;

/**
 * Moves every open deployment as far as it goes now.
 *
 * @param listeningSince when this process began to hear answers.
 * @returns ids of those that may not send now, before their time or outside their windows.
 */
export async function conduct(parts: ConductParts, listeningSince: Date): Promise<string[]> {
  const closed: string[] = [];
  for (const id of await parts.deployments.list({ open: true })) {
    const progress = await conductOne(id, parts, listeningSince);
    if (progress !== undefined && !maySend(progress.deployment, parts.clock.now())) closed.push(id);
  }
  await showSteering(parts);
  return closed;
}

/** Those that may not send now, for whoever only sends. */
export async function closedDeployments({
  deployments,
  clock,
}: Pick<ConductParts, "deployments" | "clock">): Promise<string[]> {
  const closed: string[] = [];
  for (const id of await deployments.list({ open: true })) {
    const progress = await deployments.progress(id);
    if (progress !== undefined && !maySend(progress.deployment, clock.now())) closed.push(id);
  }
  return closed;
}

async function conductOne(
  id: string,
  parts: ConductParts,
  listeningSince: Date,
): Promise<DeploymentProgress | undefined> {
  for (;;) {
    const progress = await parts.deployments.progress(id);
    if (progress === undefined) return undefined;
    const now = parts.clock.now();
    let changed = false;
    for (const next of decide(progress, now, listeningSince)) {
      if (next.kind === "waveStarted") await show(progress, next.wave ?? 0, parts);
      if (next.kind === "expired") await parts.catalog.withdraw(id);
      const event: DeploymentEvent = { deployment: id, at: now.toISOString(), ...next };
      const fits = await parts.deployments.event(event);
      if (fits) parts.tell({ event: "deployment", ...event });
      changed ||= fits;
    }
    if (!changed) return progress;
  }
}

/**
 * Shows the wave's notification in the catalog, before its jobs become due: whoever is told by mail and loses the mail
 * finds it there, and shares and the HTTP channel have nothing else. Done again after a crash it changes nothing.
 */
async function show(
  progress: DeploymentProgress,
  wave: number,
  parts: ConductParts,
): Promise<void> {
  const { deployment } = progress;
  const hosted = await parts.packages.find(deployment.manifest);
  if (hosted === undefined || parts.notify.sources().length === 0) return;
  const notification = await notify({ deployment, wave, attach: false }, hosted, parts.notify);
  const audiences =
    wave === deployment.waves.length - 1
      ? [deployment.audience]
      : await reached(progress, wave, parts);
  await parts.catalog.list(
    audiences.map((audience) => entry(progress, hosted, notification.sha256, audience)),
  );
}

function entry(
  { deployment }: DeploymentProgress,
  hosted: HostedPackage,
  notification: string,
  audience: Audience,
): ListedEntry {
  return {
    name: deployment.packageName,
    version: deployment.version,
    releasedAt: hosted.manifest.releasedAt,
    manifest: deployment.manifest,
    notification,
    audience,
    deployment: deployment.id,
    until: deployment.expiresAt,
  };
}

/** Agents of the waves up to this one: the others must not see it yet. */
async function reached(
  { deployment }: DeploymentProgress,
  wave: number,
  parts: ConductParts,
): Promise<Audience[]> {
  const agents: string[] = [];
  for (let after = ""; ;) {
    const rows = await parts.deployments.ledger(deployment.id, { after, limit: 2000 });
    for (const row of rows) if (row.wave <= wave) agents.push(row.agent);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.agent;
    await nextTurn();
  }
  const audiences: Audience[] = [];
  for (let at = 0; at < agents.length; at += agentsPerEntry)
    audiences.push({ agents: agents.slice(at, at + agentsPerEntry) });
  return audiences;
}
