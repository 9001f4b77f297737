/** What a push is chosen to be, and what it comes to: verified, planned, shown as a text and as a picture. */
import type { PushOrder } from "@outrider/sdk/release";
import type { RegisteredAgent } from "@outrider/sdk/schema";
import type * as vscode from "vscode";
import { saying, t } from "../editor/l10n.ts";
import { addServer } from "../servers/add-server.ts";
import type { KnownServer, Servers } from "../servers/servers.ts";
import type { LiveServers } from "../watching/live-servers.ts";
import { chooseBuilt, chooseReviewed, chooseServer, type Reviewed } from "./choices.ts";
import { atDesk } from "./desk.ts";
import { askOrder } from "./order/questions.ts";
import { showBelow } from "./place-below.ts";
import { previewContent } from "./preview-content.ts";
import { closePreview, showPreview } from "./preview-page.ts";
import { previewText } from "./preview-text.ts";
import { hasMachines, isSigned } from "./ready.ts";
import type { ShownDocuments } from "./shown-documents.ts";
import { requireGood } from "./sign.ts";

const previewName = (): string => t("Push preview.md");

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
  readonly server: KnownServer;
  readonly order: PushOrder;
  /** Where the order began with a push file. */
  readonly reviewed?: Reviewed;
}

/** Package, push file, server, and what is to be otherwise. @returns `undefined` where the person leaves */
export async function choosePush(
  parts: PushParts,
  start: vscode.Uri | undefined,
): Promise<Chosen | undefined> {
  const isFile = start?.path.endsWith(".json") === true;
  const folder = start !== undefined && !isFile ? start : await chooseBuilt(t("Push"));
  if (folder === undefined || !(await isSigned(folder))) return undefined;
  const found = await chooseReviewed(isFile ? start : undefined, folder);
  if (found === undefined) return undefined;
  const server = await chooseServer(parts.servers, () => addServer(parts.servers));
  if (server === undefined) return undefined;
  const agents = await readAgents(parts, server);
  if (!hasMachines(server, agents)) return undefined;
  const reviewed = found === "none" ? undefined : found;
  const title = t("Push {0}", releaseOf(folder));
  const order = await askOrder(title, { reviewed: reviewed?.order, agents });
  if (order === undefined) return undefined;
  return { folder, server, order, ...(reviewed === undefined ? {} : { reviewed }) };
}

/** A push that can be confirmed. */
export interface Prepared {
  /** Name and version. */
  readonly release: string;
  readonly version: string;
  /** SHA-256 of the manifest. */
  readonly manifest: string;
  readonly agents: number;
  /** By which machines are told. */
  readonly transports: readonly string[];
}

/** Verifies the package; shows who would get what when, as a text and as a picture. */
export async function preparePush(
  parts: PushParts,
  { folder, order, server }: Chosen,
): Promise<Prepared> {
  const digest = await requireGood(folder);
  const agents = await readAgents(parts, server);
  const { openPackage, previewPush } = await import("@outrider/sdk/release");
  return atDesk(t("Planning the push"), folder.fsPath, async (desk) => {
    const { archive, manifest } = await openPackage(desk, folder.fsPath);
    await archive.close();
    const { name, version } = JSON.parse(manifest.text) as { name: string; version: string };
    const release = `${name} ${version}`;
    const plan = await previewPush({
      agents,
      order,
      title: `${release} → ${server.name}`,
      tell: saying,
      archiveBytes: archive.size,
    });
    const content = previewContent(release, server.name, order, plan);
    await showBelow(async (place) => {
      await parts.documents.show(previewName(), previewText(content), place);
      showPreview(place, release, content, plan.picture);
    });
    return {
      release,
      version,
      manifest: digest,
      agents: plan.agents,
      transports: [...new Set(plan.rows.map(({ transport }) => transport))],
    };
  });
}

/** Takes the preview away again: it goes on saying that nothing was sent. */
export async function endPreview({ documents }: PushParts): Promise<void> {
  closePreview();
  await documents.close(previewName());
}

async function readAgents(
  { servers }: PushParts,
  server: KnownServer,
): Promise<readonly RegisteredAgent[]> {
  const { readRegistry } = await import("@outrider/sdk/release");
  const title = t("Asking {0} whom it knows", server.name);
  return atDesk(title, "", async ({ signal }) =>
    readRegistry(await servers.client(server), signal),
  );
}

/** A folder `NAME-VERSION`, for people. */
function releaseOf({ path }: vscode.Uri): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/-(?=\d+\.)/, " ");
}
