/** The servers that are being watched: from the moment that somebody looks, until the extension ends. */
import * as vscode from "vscode";
import type { KnownServer, Servers } from "../servers/servers.ts";
import { LiveServer } from "./live-server.ts";

/** All watched servers. */
export class LiveServers implements vscode.Disposable {
  readonly #servers: Servers;
  readonly #live = new Map<string, LiveServer>();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #subscription: vscode.Disposable;
  #isWatching = false;

  /** A server came or went, or something about one has changed. */
  readonly onDidChange: vscode.Event<void> = this.#changed.event;

  constructor(servers: Servers) {
    this.#servers = servers;
    this.#subscription = servers.onDidChange(() => {
      this.#endAll(); // a token may have changed, too
      if (this.#isWatching) this.watch();
      this.#changed.fire();
    });
  }

  /** Begins to watch every server; again is no error. */
  watch(): void {
    this.#isWatching = true;
    for (const server of this.#servers.all) if (!this.#live.has(server.url)) this.#begin(server);
  }

  /** In the order of the settings. */
  get all(): readonly LiveServer[] {
    return [...this.#live.values()];
  }

  /** The one at a URL; begins to watch where nobody does yet. */
  find(url: string): LiveServer | undefined {
    this.watch();
    return this.#live.get(url);
  }

  #begin(server: KnownServer): void {
    const live = new LiveServer(server, this.#servers.client(server));
    live.onDidChange(() => this.#changed.fire());
    this.#live.set(server.url, live);
  }

  #endAll(): void {
    for (const live of this.#live.values()) live.dispose();
    this.#live.clear();
  }

  /** Ends every connection. */
  dispose(): void {
    this.#subscription.dispose();
    this.#endAll();
    this.#changed.dispose();
  }
}
