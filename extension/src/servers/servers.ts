/**
 * The servers that this person watches: their names and URLs are a setting of the machine, which no workspace can
 * change (THREATS E1); their tokens lie in the editor's secret storage.
 */
import type { ServerClient } from "@outrider/sdk/client";
import * as vscode from "vscode";

/** A server by its name. */
export interface KnownServer {
  readonly name: string;
  readonly url: string;
  /** Runs in this editor for trying things out; not in the settings. */
  readonly isLocal?: boolean;
  /** Takes a signed package in, where this editor may do that: the local one's. */
  readonly publish?: (folder: string, signal: AbortSignal) => Promise<void>;
}

const setting = "servers";

/** All of them. */
export class Servers implements vscode.Disposable {
  readonly #secrets: vscode.SecretStorage;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #local = new Map<string, KnownServer>();
  readonly #subscriptions: vscode.Disposable;
  /** Servers were added, removed or given another token. */
  readonly onDidChange: vscode.Event<void> = this.#changed.event;

  constructor({ secrets }: vscode.ExtensionContext) {
    this.#secrets = secrets;
    this.#subscriptions = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`outrider.${setting}`)) this.#changed.fire();
      }),
    );
  }

  /** As they are now; what the setting holds that is no server is left out. */
  get all(): readonly KnownServer[] {
    const written = vscode.workspace.getConfiguration("outrider").get<unknown>(setting, []);
    const known = (Array.isArray(written) ? written : []).flatMap(readServer);
    return [...this.#local.values(), ...known];
  }

  /** A client with the server's token. */
  async client({ url }: KnownServer): Promise<ServerClient> {
    const { serverClient } = await import("@outrider/sdk/client");
    const token = await this.#secrets.get(tokenKey(url));
    return serverClient({ url, ...(token === undefined ? {} : { token }) });
  }

  /** Adds it, or replaces the one of the same URL. */
  async add(server: KnownServer, token?: string): Promise<void> {
    if (token !== undefined) await this.#secrets.store(tokenKey(server.url), token);
    if (server.isLocal === true) {
      this.#local.set(server.url, server);
      this.#changed.fire();
      return;
    }
    const others = this.all.filter(({ isLocal, url }) => isLocal !== true && url !== server.url);
    await this.#write([...others, { name: server.name, url: server.url }]);
    this.#changed.fire();
  }

  /** Forgets it and its token. */
  async remove({ url, isLocal }: KnownServer): Promise<void> {
    await this.#secrets.delete(tokenKey(url));
    if (isLocal === true) this.#local.delete(url);
    else await this.#write(this.all.filter((known) => known.isLocal !== true && known.url !== url));
    this.#changed.fire();
  }

  async #write(servers: readonly KnownServer[]): Promise<void> {
    await vscode.workspace
      .getConfiguration("outrider")
      .update(setting, servers, vscode.ConfigurationTarget.Global);
  }

  /** Ends the watching of the setting. */
  dispose(): void {
    this.#subscriptions.dispose();
  }
}

function tokenKey(url: string): string {
  return `token ${url}`;
}

function readServer(value: unknown): KnownServer[] {
  const { name, url } = (value ?? {}) as { name?: unknown; url?: unknown };
  if (typeof url !== "string" || !URL.canParse(url)) return [];
  return [{ name: typeof name === "string" && name !== "" ? name : new URL(url).host, url }];
}
