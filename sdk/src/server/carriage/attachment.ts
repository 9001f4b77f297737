/**
 * Which archive goes inside a message. One body serves a whole batch, so a patch goes only where everybody in it has
 * installed what it builds on, as the receipts of the last deployment tell, and where the notification names another
 * way to the full archive: a machine that was changed behind its agent's back must have something to fall back to.
 */
import type { ClaimedJob, DeploymentRecord, DeploymentStore } from "../../ledger/index.ts";
import type { Source } from "../../schema/index.ts";
import type { HostedArchive, HostedPackage } from "../publishing/packages.ts";

/** What is asked of the store. */
export type Receipted = Pick<DeploymentStore, "list" | "progress" | "ledger">;

/** How far back the last deployment of a package is looked for. */
const deploymentsToLookAt = 50;

/** The smallest archive that serves every recipient of the job: the full one, or a patch. */
export async function attachmentFor(
  { deployment, recipients }: Pick<ClaimedJob, "deployment" | "recipients">,
  { archives }: HostedPackage,
  sources: readonly Source[],
  deployments: Receipted,
): Promise<HostedArchive | undefined> {
  const [full, ...patches] = archives;
  const hasOtherWay = sources.some(({ kind }) => kind !== "attached");
  if (full === undefined || patches.length === 0 || !hasOtherWay) return full;
  const before = await lastBefore(deployment, deployments);
  const patch = patches.find(({ base }) => base === before?.manifest);
  if (before === undefined || patch === undefined || patch.size >= full.size) return full;
  const rows = await deployments.ledger(before.id, {
    state: "installed",
    agents: recipients.map(({ agent }) => agent),
    limit: recipients.length,
  });
  return rows.length === recipients.length ? patch : full;
}

/** The deployment of the same package that was accepted last before this one. */
async function lastBefore(
  { id, packageName, acceptedAt }: DeploymentRecord,
  deployments: Receipted,
): Promise<DeploymentRecord | undefined> {
  for (const other of await deployments.list({ limit: deploymentsToLookAt })) {
    if (other === id) continue;
    const record = (await deployments.progress(other))?.deployment;
    if (record?.packageName === packageName && record.acceptedAt <= acceptedAt) return record;
  }
  return undefined;
}
