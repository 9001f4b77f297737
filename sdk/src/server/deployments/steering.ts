/**
 * What the catalog shows of deployments that were steered. Agents on a share, a stick, the local network or HTTP get no
 * message: they read the signed control itself there. What was halted is listed no more, and what is paused not until
 * it is resumed, so that who has not read of it yet does not find it.
 *
 * Derived from the events of the store and done again at every round, so that no crash leaves it otherwise.
 */
import type { DeploymentProgress, DeploymentStore, ValueStore } from "../../ledger/index.ts";
import { toEnvelope } from "../../messages/index.ts";
import type { Catalog } from "../publishing/catalog.ts";
import { findControl } from "../publishing/kept-control.ts";

/** What showing needs. */
export interface SteeringParts {
  readonly deployments: Pick<DeploymentStore, "progress" | "events">;
  readonly catalog: Pick<Catalog, "listed" | "order" | "ordered" | "withdraw" | "withhold">;
  readonly values: Pick<ValueStore, "get">;
}

/** Brings the catalog to what the store says. */
export async function showSteering(parts: SteeringParts): Promise<void> {
  const { catalog, deployments } = parts;
  const pausedThere = new Set(
    (await catalog.ordered())
      .filter(({ action }) => action === "pause")
      .map(({ deployment }) => deployment),
  );
  const paused: string[] = [];
  for (const id of await catalog.listed()) {
    const progress = await deployments.progress(id);
    if (progress === undefined) continue;
    const { state } = progress;
    // Most deployments run and were never steered: of those nothing more is read.
    if (state === "paused" || state === "halted" || pausedThere.has(id))
      await showLatest(progress, parts);
    if (state === "halted") await catalog.withdraw(id);
    if (state === "paused") paused.push(id);
  }
  await catalog.withhold(paused);
}

/** The last thing that a person ordered; what the deployment did by itself only holds back what nobody was told of. */
async function showLatest(
  { deployment }: DeploymentProgress,
  { deployments, catalog, values }: SteeringParts,
): Promise<void> {
  const events = await deployments.events(deployment.id);
  const id = events.findLast(
    ({ kind, control }) => control !== undefined && kind !== "approved",
  )?.control;
  const kept = id === undefined ? undefined : await findControl(id, values);
  if (kept === undefined) return;
  const { action, expiresAt } = kept.document;
  await catalog.order({
    deployment: deployment.id,
    id: kept.document.id,
    action,
    until: [expiresAt, deployment.expiresAt].toSorted(byTime)[0] ?? expiresAt,
    audience: deployment.audience,
    control: toEnvelope(kept.sealed),
  });
}

function byTime(one: string, other: string): number {
  return Date.parse(one) - Date.parse(other);
}
