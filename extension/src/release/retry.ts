/** "Push Again…": to those whom a deployment did not reach, chosen one by one; then as every push. */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { DeploymentNode } from "../watching/tree.ts";
import { allBuilt } from "./built.ts";
import { chooseBuilt } from "./choices.ts";
import type { PushParts } from "./prepare.ts";
import { pushChosen } from "./push.ts";

/** @param code only those who failed by it */
export async function retry(
  parts: PushParts,
  { live, shown }: DeploymentNode,
  code: string | undefined,
): Promise<void> {
  const { packageName, version } = shown.deployment;
  const release = `${packageName} ${version}`;
  const agents = await chooseAgents({ live, shown }, release, code);
  if (agents === undefined) return;
  const built = (await allBuilt()).find(({ name }) => name === `${packageName}-${version}`);
  const folder = built?.uri ?? (await chooseBuilt(t("Push {0} again", release)));
  if (folder === undefined) return;
  await pushChosen(parts, {
    folder,
    order: { packageName, audience: { agents: [...agents] } },
    server: live.server,
  });
}

/** All are chosen before somebody takes some away. @returns `undefined` where the person leaves, or nobody is left */
async function chooseAgents(
  { live, shown }: Pick<DeploymentNode, "live" | "shown">,
  release: string,
  code: string | undefined,
): Promise<readonly string[] | undefined> {
  const { DeploymentView, readAllRows } = await import("@outrider/sdk/client");
  const rows = [];
  for await (const row of readAllRows(await live.client, shown.deployment.id)) rows.push(row);
  const lost = new DeploymentView(shown, rows, []).lost(code);
  if (lost.length === 0) {
    void vscode.window.showInformationMessage(t("{0} has not failed anywhere so far.", release));
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    lost.map((agent) => ({
      label: agent.agent,
      description: agent.code,
      detail: new Date(agent.at).toLocaleString(),
      picked: true,
    })),
    {
      title: t("Push {0} again", release),
      placeHolder: t("To which of those that it has not reached?"),
      canPickMany: true,
      matchOnDescription: true,
      ignoreFocusOut: true,
    },
  );
  if (picked === undefined || picked.length === 0) return undefined;
  return picked.map(({ label }) => label);
}
