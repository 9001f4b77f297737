/**
 * "Push…": package, order, server, preview, confirmation, key; then the signed trigger is sent. Nothing leaves this
 * machine before the confirmation, and cancelling before the end of the progress sends nothing.
 */
import type { PushOrder } from "@outrider/sdk/release";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import { addServer } from "../servers/add-server.ts";
import type { KnownServer, Servers } from "../servers/servers.ts";
import { chooseKey } from "../signing/choose-key.ts";
import type { LiveServers } from "../watching/live-servers.ts";
import { chooseBuilt, chooseOrder, chooseServer } from "./choices.ts";
import { confirmPush } from "./confirm.ts";
import { atDesk } from "./desk.ts";
import { previewText, pushOf } from "./preview-text.ts";
import type { ShownDocuments } from "./shown-documents.ts";
import { requireGood } from "./sign.ts";
import { showTimeline } from "./timeline.ts";

/** What pushing works with. */
export interface PushParts {
  readonly context: vscode.ExtensionContext;
  readonly servers: Servers;
  readonly live: LiveServers;
  readonly documents: ShownDocuments;
}

/** What was chosen. */
export interface Chosen {
  readonly folder: vscode.Uri;
  readonly order: PushOrder;
  readonly server: KnownServer;
}

/** Pushes. @param start a push file, a built folder, or nothing */
export async function push(parts: PushParts, start: vscode.Uri | undefined): Promise<void> {
  const chosen = await choose(parts, start);
  if (chosen !== undefined) await pushChosen(parts, chosen);
}

/** Pushes what was chosen already, after the preview and the confirmation that every push has. */
export async function pushChosen(parts: PushParts, chosen: Chosen): Promise<void> {
  const { folder, order, server } = chosen;
  const prepared = await prepare(parts, chosen);
  const confirmed = await confirmPush({
    ...prepared,
    server: server.name,
    key: await chooseKey(parts.context, pushOf(prepared.release, prepared.agents)),
  });
  if (confirmed === undefined) return;
  const { makeTrigger } = await import("@outrider/sdk/release");
  const title = t("Pushing {0}; cancelling sends nothing", prepared.release);
  const id = await atDesk(title, folder.fsPath, async (desk) => {
    const { trigger } = await makeTrigger(desk, order, {
      package: folder.fsPath,
      reason: confirmed.reason,
      openKey: async () => confirmed.key.source,
    });
    await server.publish?.(folder.fsPath, desk.signal);
    const client = await parts.servers.client(server);
    return client.post("triggers", trigger, { signal: desk.signal });
  });
  await openDashboard(parts, server, id);
}

/** Makes and verifies all that a push would, the signed trigger too; sends nothing. */
export async function dryRun(parts: PushParts, start: vscode.Uri | undefined): Promise<void> {
  const chosen = await choose(parts, start);
  if (chosen === undefined) return;
  const prepared = await prepare(parts, chosen);
  const key = await chooseKey(parts.context, pushOf(prepared.release, prepared.agents));
  if (key === undefined) return;
  const { makeTrigger } = await import("@outrider/sdk/release");
  const { folder, order } = chosen;
  const title = t("Trying a push of {0}; nothing is sent", prepared.release);
  const { trigger } = await atDesk(title, folder.fsPath, (desk) =>
    makeTrigger(desk, order, { package: folder.fsPath, openKey: async () => key.source }),
  );
  void vscode.window.showInformationMessage(
    t(
      "Nothing was sent. {0} would go to {1} machines by an order of {2} bytes that {3} has signed.",
      prepared.release,
      prepared.agents,
      trigger.length,
      key.owner,
    ),
  );
}

async function choose(
  parts: PushParts,
  start: vscode.Uri | undefined,
): Promise<Chosen | undefined> {
  const isFile = start?.path.endsWith(".json") === true;
  const folder = start !== undefined && !isFile ? start : await chooseBuilt();
  if (folder === undefined) return undefined;
  const order = await chooseOrder(isFile ? start : undefined, folder);
  if (order === undefined) return undefined;
  const server = await chooseServer(parts.servers, () => addServer(parts.servers));
  return server === undefined ? undefined : { folder, order, server };
}

interface Prepared {
  /** Name and version. */
  readonly release: string;
  readonly version: string;
  /** SHA-256 of the manifest. */
  readonly manifest: string;
  readonly agents: number;
}

/** Verifies the package; shows who would get what when, as a text and as a picture. */
async function prepare(parts: PushParts, { folder, order, server }: Chosen): Promise<Prepared> {
  const digest = await requireGood(folder);
  const { openPackage, previewPush } = await import("@outrider/sdk/release");
  return atDesk(t("Planning the push"), folder.fsPath, async (desk) => {
    const { archive, manifest } = await openPackage(desk, folder.fsPath);
    await archive.close();
    const { name, version } = JSON.parse(manifest.text) as { name: string; version: string };
    const release = `${name} ${version}`;
    const plan = await previewPush({
      client: await parts.servers.client(server),
      order,
      title: `${release} → ${server.name}`,
      archiveBytes: archive.size,
      signal: desk.signal,
    });
    await parts.documents.show("Push preview.md", previewText(release, server.name, plan));
    showTimeline(release, plan.picture);
    return { release, version, manifest: digest, agents: plan.agents };
  });
}

async function openDashboard({ live }: PushParts, server: KnownServer, id: string): Promise<void> {
  const found = live.find(server.url);
  await found?.refresh();
  const shown = found?.deployments.find(({ deployment }) => deployment.id === id);
  if (found !== undefined && shown !== undefined)
    await vscode.commands.executeCommand("outrider.openDashboard", {
      kind: "deployment",
      live: found,
      shown,
    });
}
