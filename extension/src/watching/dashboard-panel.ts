/**
 * The dashboard of one deployment: a webview that is told what to show and asks for what a person orders. It survives a
 * reload of the window, and the server's going away; it keeps its place meanwhile.
 */
import type * as Client from "@outrider/sdk/client";
import type { AuditLine, DeploymentView } from "@outrider/sdk/client";
import * as vscode from "vscode";
import type { FromDashboard, ToDashboard } from "../dashboard/messages.ts";
import { errorWords } from "../editor/error-words.ts";
import { t } from "../editor/l10n.ts";
import type { Log } from "../editor/log.ts";
import { webviewPage } from "../editor/webview-page.ts";
import { controlActions } from "./controls.ts";
import { dashboardWords } from "./dashboard-words.ts";
import { exportDeployment } from "./export.ts";
import type { LiveServer } from "./live-server.ts";
import type { LiveServers } from "./live-servers.ts";
import type { DeploymentNode } from "./tree.ts";

const showPauseMs = 150;

/** What a dashboard shows; kept over a reload. */
export interface Place {
  readonly server: string;
  readonly deployment: string;
}

/** One panel. */
export class Dashboard implements vscode.Disposable {
  readonly #panel: vscode.WebviewPanel;
  readonly #place: Place;
  readonly #log: Log;
  readonly #live: LiveServer | undefined;
  readonly #subscriptions: vscode.Disposable[] = [];
  /** Both are there from the first reading on. */
  #client: typeof Client | undefined;
  #view: DeploymentView | undefined;
  #audit: readonly AuditLine[] = [];
  #wave: number | undefined;
  #showing: NodeJS.Timeout | undefined;

  constructor(
    context: vscode.ExtensionContext,
    servers: LiveServers,
    log: Log,
    place: Place,
    panel: vscode.WebviewPanel,
  ) {
    this.#panel = panel;
    this.#place = place;
    this.#log = log;
    this.#live = servers.find(place.server);
    const { webview } = panel;
    const dist = vscode.Uri.joinPath(context.extensionUri, "dist/dashboard");
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    webview.html = webviewPage(webview, dist, place);
    panel.iconPath = new vscode.ThemeIcon("graph");
    webview.onDidReceiveMessage(
      (message: FromDashboard) => void this.#answer(message),
      undefined,
      this.#subscriptions,
    );
    panel.onDidDispose(() => this.dispose(), undefined, this.#subscriptions);
    this.#live?.onDidHappen(
      (event) => {
        if (event.event === "connected") void this.#read();
        else if (this.#view?.apply(event) === true) this.#showSoon();
      },
      undefined,
      this.#subscriptions,
    );
    this.#live?.onDidChange(() => void this.#update(), undefined, this.#subscriptions);
  }

  get onDidDispose(): vscode.Event<void> {
    return this.#panel.onDidDispose;
  }

  reveal(): void {
    this.#panel.reveal();
  }

  async #answer(message: FromDashboard): Promise<void> {
    try {
      if (message.kind === "ready") await this.#read();
      else if (message.kind === "wave") this.#choose(message.wave);
      else if (message.kind === "export") await this.#export(message.format);
      else if (message.kind === "retry") await this.#order("retry", message.code);
      // A page is never trusted with the name of a command.
      else if (controlActions.includes(message.action)) await this.#order(message.action);
    } catch (error) {
      void this.#log.fail(error);
    }
  }

  /** Everything from the server: at the beginning, and whenever the connection was lost. */
  async #read(): Promise<void> {
    const client = await import("@outrider/sdk/client");
    this.#client = client;
    const { deployment } = this.#place;
    try {
      if (this.#live === undefined)
        throw new Error(t("The server {0} is not in the settings any more.", this.#place.server));
      const server = await this.#live.client;
      const rows = [];
      for await (const row of client.readAllRows(server, deployment)) rows.push(row);
      const shown = await client.readDeployment(server, deployment);
      this.#audit = await client.readAudit(server, deployment);
      this.#view = new client.DeploymentView(
        shown,
        rows,
        await client.readEvents(server, deployment),
      );
      this.#show();
    } catch (error) {
      this.#send(client, { kind: "fault", message: errorWords(error) });
    }
  }

  #choose(wave: number | undefined): void {
    this.#wave = wave;
    this.#show();
  }

  async #update(): Promise<void> {
    const shown = this.#live?.deployments.find(
      ({ deployment }) => deployment.id === this.#place.deployment,
    );
    if (shown !== undefined) this.#view?.update(shown);
    this.#showSoon();
    if (this.#live?.connection.state !== "online") return;
    const { readAudit } = await import("@outrider/sdk/client");
    const server = await this.#live.client;
    try {
      this.#audit = await readAudit(server, this.#place.deployment);
    } catch {
      return; // what was read stays; that the server is gone is told by its connection
    }
    this.#showSoon();
  }

  /** Many events at once are one picture. */
  #showSoon(): void {
    this.#showing ??= setTimeout(() => {
      this.#showing = undefined;
      this.#show();
    }, showPauseMs);
  }

  #show(): void {
    const [view, client] = [this.#view, this.#client];
    if (view === undefined || client === undefined) return;
    const { reasonWords, sendsFrom } = client;
    const wave = this.#wave;
    const overview = wave === undefined ? view.overview : view.wave(wave);
    const { events, shown } = overview;
    const { packageName, version } = shown.deployment;
    const from = sendsFrom(shown, new Date());
    this.#panel.title = `${packageName} ${version}`;
    const connection = this.#live?.connection;
    this.#send(client, {
      kind: "overview",
      overview: {
        ...overview,
        shown: { ...shown, reason: reasonWords(shown.reason, t) },
        events: events.map((step) => ({ ...step, reason: reasonWords(step.reason, t) })),
      },
      server: this.#live?.server.name ?? this.#place.server,
      isOnline: connection?.state !== "offline",
      audit: this.#audit,
      ...(from === undefined ? {} : { sendsFrom: from.toISOString() }),
      ...(wave === undefined ? {} : { wave }),
    });
  }

  #send({ deploymentWords }: typeof Client, message: ToDashboard): void {
    const words = dashboardWords(deploymentWords(t));
    void this.#panel.webview.postMessage({ ...message, words });
  }

  /** The same commands as those of the tree. */
  async #order(
    action: (FromDashboard & { kind: "order" })["action"] | "retry",
    ...more: readonly unknown[]
  ): Promise<void> {
    const shown = this.#view?.overview.shown;
    if (shown === undefined || this.#live === undefined) return;
    const node: DeploymentNode = { kind: "deployment", live: this.#live, shown };
    await vscode.commands.executeCommand(`outrider.${action}`, node, ...more);
  }

  /** Every wave, whichever is looked at. */
  async #export(format: "html" | "csv"): Promise<void> {
    if (this.#view === undefined || this.#live === undefined) return;
    await exportDeployment(format, this.#view.overview, await this.#live.client);
  }

  dispose(): void {
    clearTimeout(this.#showing);
    vscode.Disposable.from(...this.#subscriptions.splice(0)).dispose();
    this.#panel.dispose();
  }
}
