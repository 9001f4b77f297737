/** The server that runs in this editor for trying things out: one at most, known to the view as long as it runs. */
import { OutriderError, say } from "@outrider/sdk/errors";
import * as vscode from "vscode";
import { t } from "../editor/l10n.ts";
import type { Log } from "../editor/log.ts";
import type { KnownServer, Servers } from "../servers/servers.ts";
import { localFolder } from "./trial-key.ts";
import type * as TrialModule from "./trial.ts";

const runsContext = "outrider.localServerRuns";

interface Running {
  readonly trial: TrialModule.Trial;
  readonly server: KnownServer;
}

/** Starts and stops it. */
export class LocalServer {
  readonly #context: vscode.ExtensionContext;
  readonly #servers: Servers;
  readonly #log: Log;
  #running: Promise<Running> | undefined;

  constructor(context: vscode.ExtensionContext, servers: Servers, log: Log) {
    this.#context = context;
    this.#servers = servers;
    this.#log = log;
  }

  /** Starts it; the one that runs already is as good. @throws SERVER_BUSY, TOOL_MISSING, STORE_FAILED */
  async start(): Promise<Running> {
    this.#running ??= this.#begin();
    try {
      return await this.#running;
    } catch (error) {
      this.#running = undefined;
      throw error;
    }
  }

  /** Ends it, and forgets it; what was installed stays in its folder. */
  async stop(): Promise<void> {
    const running = await this.#running?.catch(() => undefined);
    this.#running = undefined;
    if (running === undefined) return;
    await running.trial.close();
    await this.#servers.remove(running.server);
    await vscode.commands.executeCommand("setContext", runsContext, false);
  }

  async #begin(): Promise<Running> {
    const { startTrial } = await loadTrial();
    const directory = localFolder(this.#context);
    const trial = await startTrial({
      directory,
      logger: this.#log,
      keyName: t("Local key for trying out"),
    });
    const server: KnownServer = {
      name: t("Local server"),
      url: trial.url,
      isLocal: true,
      publish: (folder, signal) => trial.publish(folder, signal),
    };
    await this.#servers.add(server);
    await vscode.commands.executeCommand("setContext", runsContext, true);
    return { trial, server };
  }
}

/** The largest part of the extension, and the only one that wants SQLite of the editor. */
async function loadTrial(): Promise<typeof TrialModule> {
  try {
    return await import("./trial.ts");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ERR_UNKNOWN_BUILTIN_MODULE") throw cause;
    throw new OutriderError(
      "TOOL_MISSING",
      say("This editor runs Node {0} without SQLite: run outrider serve instead.", process.version),
      { cause },
    );
  }
}
