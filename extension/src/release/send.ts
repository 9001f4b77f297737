/**
 * Signs the order and sends it. Until it is signed, cancelling means that nothing was sent; from then on the server may
 * have it whatever somebody presses, so its answer is waited for, and what runs can be halted.
 */
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { reach } from "../editor/milestones.ts";
import type { KnownServer } from "../servers/servers.ts";
import type { ChosenKey } from "../signing/choose-key.ts";
import type { DeploymentNode } from "../watching/tree.ts";
import { atDesk } from "./desk.ts";
import { endPreview, type Chosen, type PushParts } from "./prepare.ts";

/** A push that somebody has confirmed. */
export interface Confirmed {
  /** Name and version. */
  readonly release: string;
  readonly key: ChosenKey;
  readonly reason: string;
}

/** Sends it, and shows what becomes of it. */
export async function sendPush(
  parts: PushParts,
  chosen: Chosen,
  confirmed: Confirmed,
): Promise<void> {
  const { server } = chosen;
  const { release } = confirmed;
  const trigger = await signOrder(chosen, confirmed);
  if (trigger === undefined) {
    void vscode.window.showInformationMessage(t("Cancelled: nothing of {0} was sent.", release));
    return;
  }
  const client = await parts.servers.client(server);
  const title = t("Sending the order to push {0}; from now on it can only be halted", release);
  const { node, isTooLate } = await atDesk(title, chosen.folder.fsPath, async ({ signal }) => {
    const answer = client.post("triggers", trigger);
    signal.addEventListener("abort", () => sayThatItIsWaitedFor(server, answer));
    const id = await answer;
    return { node: await findDeployment(parts, server, id), isTooLate: signal.aborted };
  });
  reach("pushed");
  await endPreview(parts);
  if (isTooLate) await offerToHalt(release, server, node);
  else if (node !== undefined) await vscode.commands.executeCommand("outrider.openDashboard", node);
}

function sayThatItIsWaitedFor(server: KnownServer, answer: Promise<unknown>): void {
  vscode.window.setStatusBarMessage(
    t(
      "$(sync~spin) Cancelled, but {0} may have the order already: waiting for its answer",
      server.name,
    ),
    answer.catch(() => undefined),
  );
}

/** @returns `undefined` where it was cancelled */
async function signOrder(
  { folder, order, server }: Chosen,
  { release, key, reason }: Confirmed,
): Promise<Uint8Array | undefined> {
  const title = t("Signing the order to push {0}; cancelling sends nothing", release);
  const { makeTrigger } = await import("@outrider/sdk/release");
  return atDesk(title, folder.fsPath, async (desk) => {
    try {
      const { trigger } = await makeTrigger(desk, order, {
        package: folder.fsPath,
        reason,
        openKey: async () => key.source,
      });
      await server.publish?.(folder.fsPath, desk.signal);
      return desk.signal.aborted ? undefined : trigger;
    } catch (error) {
      if (desk.signal.aborted) return undefined;
      throw error;
    }
  });
}

/** It was cancelled when the server had it already. */
async function offerToHalt(
  release: string,
  server: KnownServer,
  node: DeploymentNode | undefined,
): Promise<void> {
  const [halt, show] = [t("Halt…"), t("Show")];
  const answer = await vscode.window.showWarningMessage(
    t("{0} had taken the order before you cancelled: the push of {1} runs.", server.name, release),
    ...(node === undefined ? [] : [halt, show]),
  );
  if (answer === halt) await vscode.commands.executeCommand("outrider.halt", node);
  if (answer === show) await vscode.commands.executeCommand("outrider.openDashboard", node);
}

async function findDeployment(
  { live }: PushParts,
  server: KnownServer,
  id: string,
): Promise<DeploymentNode | undefined> {
  const found = live.find(server.url);
  await found?.refresh();
  const shown = found?.deployments.find(({ deployment }) => deployment.id === id);
  return found === undefined || shown === undefined
    ? undefined
    : { kind: "deployment", live: found, shown };
}
