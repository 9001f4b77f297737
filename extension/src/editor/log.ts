/** The log: VS Code's output channel "Outrider", as the SDK's Logger port. */
import { isOutriderError, type OutriderError } from "@outrider/sdk/errors";
import type { Logger, LogLevel } from "@outrider/sdk/ports";
import * as vscode from "vscode";
import { errorWords } from "./error-words.ts";
import { t } from "./l10n.ts";

/** The log, and how a failed command is told. */
export interface Log extends Logger, vscode.Disposable {
  /** Shows the channel. */
  show(): void;
  /**
   * Tells a person that something failed, unless they have cancelled it; a fault of ours goes to the log with its
   * stack.
   */
  fail(error: unknown): Promise<void>;
}

/** Opens the channel. */
export function openLog(): Log {
  const channel = vscode.window.createOutputChannel("Outrider", { log: true });
  const write: Readonly<Record<LogLevel, (text: string) => void>> = {
    debug: (text) => channel.debug(text),
    info: (text) => channel.info(text),
    warn: (text) => channel.warn(text),
    error: (text) => channel.error(text),
  };
  const log = (
    level: LogLevel,
    message: string,
    fields?: Readonly<Record<string, unknown>>,
  ): void => write[level](fields === undefined ? message : `${message} ${JSON.stringify(fields)}`);
  return {
    log,
    show: () => channel.show(),
    dispose: () => channel.dispose(),
    async fail(error) {
      if (isCancelled(error)) return log("info", `Cancelled: ${(error as Error).message}`);
      const known = isOutriderError(error);
      const message = error instanceof Error ? error.message : String(error);
      log("error", known ? `${error.code}: ${message}` : ((error as Error).stack ?? message));
      const [explain, showLog] = [t("What to Do"), t("Show Log")];
      const text = known ? codedWords(error) : t("Outrider met a fault of its own: {0}", message);
      const buttons = known ? [explain, showLog] : [showLog];
      const answer = await vscode.window.showErrorMessage(text, ...buttons);
      if (answer === showLog) channel.show();
      if (answer === explain && known)
        await vscode.commands.executeCommand("outrider.explainError", error.code);
    },
  };
}

/** With the code, by which a maintainer knows it in every language. */
function codedWords(error: OutriderError): string {
  const words = errorWords(error);
  return words.includes(error.code) ? words : `${words} (${error.code})`;
}

/** Whoever has cancelled something knows it. */
function isCancelled(error: unknown): boolean {
  if (isOutriderError(error)) return error.code === "CANCELLED";
  return error instanceof Error && error.name === "AbortError";
}
