/**
 * One server and its deployments as they are now: read when the connection is made, read again where something
 * happened. What happens comes as server-sent events; many at once are one reading.
 */
import type { LiveEvent, ServerClient, ShownDeployment } from "@outrider/sdk/client";
import * as vscode from "vscode";
import { errorWords } from "../editor/error-words.ts";
import type { KnownServer } from "../servers/servers.ts";

/** How the server is reached. */
export type Connection =
  | { readonly state: "connecting" | "online" }
  | { readonly state: "offline"; readonly message: string };

const readingPauseMs = 300;

/** A server that is watched until it is disposed. */
export class LiveServer implements vscode.Disposable {
  readonly server: KnownServer;
  readonly #client: Promise<ServerClient>;
  readonly #stop = new AbortController();
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #happened = new vscode.EventEmitter<LiveEvent>();
  readonly #deployments = new Map<string, ShownDeployment>();
  #connection: Connection = { state: "connecting" };
  #reading: NodeJS.Timeout | undefined;

  /** The connection or a deployment has changed. */
  readonly onDidChange: vscode.Event<void> = this.#changed.event;
  /** Every single thing that happens. */
  readonly onDidHappen: vscode.Event<LiveEvent> = this.#happened.event;

  constructor(server: KnownServer, client: Promise<ServerClient>) {
    this.server = server;
    this.#client = client;
    void this.#watch();
  }

  get connection(): Connection {
    return this.#connection;
  }

  /** The newest first. */
  get deployments(): readonly ShownDeployment[] {
    return [...this.#deployments.values()];
  }

  /** Whoever reads more of the server reads through this. */
  get client(): Promise<ServerClient> {
    return this.#client;
  }

  /** Reads everything again. */
  async refresh(): Promise<void> {
    const { readDeployments } = await import("@outrider/sdk/client");
    try {
      const shown = await readDeployments(await this.#client, { signal: this.#stop.signal });
      this.#deployments.clear();
      for (const one of shown) this.#deployments.set(one.deployment.id, one);
      this.#connection = { state: "online" };
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#connection = { state: "offline", message: errorWords(error) };
    }
    this.#changed.fire();
  }

  async #watch(): Promise<void> {
    const { watchServer } = await import("@outrider/sdk/client");
    const { signal } = this.#stop;
    try {
      for await (const event of watchServer(await this.#client, { signal }))
        await this.#take(event);
    } catch (error) {
      this.#offline(errorWords(error));
    }
  }

  async #take(event: LiveEvent): Promise<void> {
    if (event.event === "connected") await this.refresh();
    else if (event.event === "disconnected")
      this.#offline(event.error === undefined ? "" : errorWords(event.error));
    else this.#readSoon();
    this.#happened.fire(event);
  }

  #offline(message: string): void {
    if (this.#stop.signal.aborted) return;
    this.#connection = { state: "offline", message };
    this.#changed.fire();
  }

  #readSoon(): void {
    this.#reading ??= setTimeout(() => {
      this.#reading = undefined;
      void this.refresh();
    }, readingPauseMs);
  }

  /** Ends the connection. */
  dispose(): void {
    this.#stop.abort();
    clearTimeout(this.#reading);
    this.#changed.dispose();
    this.#happened.dispose();
  }
}
