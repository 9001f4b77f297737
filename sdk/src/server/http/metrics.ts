/** Figures in Prometheus' text form. Names of deployments are labels, names of agents never are. */
import type { DeploymentStore } from "../../ledger/index.ts";

/** Agents by deployment and state, and deployments by state. */
export async function metricsText(
  deployments: Pick<DeploymentStore, "list" | "progress">,
): Promise<string> {
  const lines = [
    "# HELP outrider_agents Agents of open deployments by state.",
    "# TYPE outrider_agents gauge",
  ];
  for (const id of await deployments.list({ open: true })) {
    const progress = await deployments.progress(id);
    if (progress === undefined) continue;
    const sums = new Map<string, number>();
    for (const { counts } of progress.waves)
      for (const [state, count] of Object.entries(counts))
        sums.set(state, (sums.get(state) ?? 0) + count);
    const { packageName, version } = progress.deployment;
    for (const [state, count] of sums)
      lines.push(
        `outrider_agents{deployment="${id}",package="${packageName}",version="${version}",state="${state}"} ${count}`,
      );
  }
  return `${lines.join("\n")}\n`;
}
