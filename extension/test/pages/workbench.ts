/** VS Code's workbench as a person sees and drives it. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Locator, Page } from "playwright-core";
import { expect } from "vitest";
import type * as Vscode from "vscode";
import { launch, type LaunchOptions, type RunningEditor } from "../editor/launch.ts";
import { ProblemsView } from "./problems-view.ts";
import { TextEditor } from "./text-editor.ts";

const folder = join(import.meta.dirname, "../screenshots");

/** The whole window. */
export class Workbench {
  readonly page: Page;
  readonly editor: TextEditor;
  readonly problems: ProblemsView;
  readonly running: RunningEditor;
  #forgiven: RegExp | undefined;

  private constructor(running: RunningEditor) {
    this.running = running;
    this.page = running.page;
    this.editor = new TextEditor(this.page);
    this.problems = new ProblemsView(this);
  }

  /** Starts VS Code and waits until it can be used. */
  static async open(options: LaunchOptions): Promise<Workbench> {
    return new Workbench(await launch(options));
  }

  /** Ends VS Code. @throws where any log has a complaint against us */
  async close(): Promise<void> {
    const complaints = await this.complaints();
    await this.running.close();
    if (complaints.length > 0)
      throw new Error(`There are complaints in the logs:\n${complaints.join("\n")}`);
  }

  /** A complaint that the test itself has caused. */
  forgive(complaint: RegExp): void {
    this.#forgiven = complaint;
  }

  /**
   * Runs a function in the extension host. It is sent as text: it may use its arguments and nothing else.
   */
  async evaluate<Values extends readonly unknown[], Result>(
    run: (vscode: typeof Vscode, ...values: Values) => Result | PromiseLike<Result>,
    ...values: Values
  ): Promise<Awaited<Result>> {
    return (await this.running.evaluate(String(run), values)) as Awaited<Result>;
  }

  /** Opens a file of the workspace in the editor. */
  async openFile(path: string): Promise<void> {
    await this.evaluate(async (vscode, file) => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
      const document = await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, file));
      await vscode.window.showTextDocument(document, { preview: false });
    }, path);
    await this.page.locator(".editor-instance .monaco-editor.focused").waitFor();
  }

  /** Puts the cursor before the first occurrence of a text in the active editor. */
  async placeCursor(text: string): Promise<void> {
    await this.evaluate((vscode, wanted) => {
      const editor = vscode.window.activeTextEditor;
      if (editor === undefined) throw new Error("no editor is active");
      const position = editor.document.positionAt(editor.document.getText().indexOf(wanted));
      editor.selection = new vscode.Selection(position, position);
    }, text);
  }

  /** The line on top in which commands and choices are typed. */
  get quickInput(): Locator {
    return this.page.locator(".quick-input-widget");
  }

  /** Loads the window again: by the command, which writes down first what a page that merely goes would lose. */
  async reload(): Promise<void> {
    const loaded = this.page.waitForEvent("load");
    await this.runCommand("Developer: Reload Window");
    await loaded;
    await this.page.locator(".editor-group-container .tab").first().waitFor();
  }

  /** Chooses a command by its title, as a person does: again where it came too late for the list that was opened. */
  async runCommand(title: string): Promise<void> {
    const command = this.quickInput.locator(".monaco-list-row", { hasText: title }).first();
    const listed = async (): Promise<boolean> => {
      await this.page.keyboard.press("F1");
      await this.quickInput.locator("input.input").fill(`>${title}`);
      return command.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      );
    };
    await expect.poll(listed).toBe(true);
    await command.click();
    // What it asks at once is asked in the same line.
    const input = this.quickInput.locator("input.input");
    const isTaken = async (): Promise<boolean> =>
      (await input.isHidden()) || !(await input.inputValue()).startsWith(">");
    await expect.poll(isTaken).toBe(true);
  }

  /** What the line at the bottom says. */
  status(text: string): Locator {
    return this.page.locator(".statusbar-item", { hasText: text });
  }

  /** Wears a theme of VS Code's. */
  async wear(theme: "Default Dark Modern" | "Default Light Modern"): Promise<void> {
    await this.evaluate(
      (vscode, wanted) =>
        vscode.workspace
          .getConfiguration("workbench")
          .update("colorTheme", wanted, vscode.ConfigurationTarget.Global),
      theme,
    );
    const kind = theme.includes("Dark") ? "vs-dark" : "vs";
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** A message in the corner. */
  notification(text: string | RegExp): Locator {
    return this.page.locator(".notifications-toasts .notification-list-item-message", {
      hasText: text,
    });
  }

  /** Takes all messages away. */
  async clearNotifications(): Promise<void> {
    await this.evaluate((vscode) => vscode.commands.executeCommand("notifications.clearAll"));
  }

  /** What the browser's console, to which the extension host's errors go, and the server said against us. */
  async complaints(): Promise<readonly string[]> {
    const lines = [...this.running.consoleErrors, ...(await this.running.serverLog()).split("\n")];
    return lines
      .filter((line) => /outrider\.outrider|unhandled/i.test(line))
      .filter((line) => this.#forgiven?.test(line) !== true);
  }

  /** Chooses a colour theme, and waits until the window wears it. */
  async paint(theme: string): Promise<void> {
    await this.evaluate(
      (vscode, wanted) =>
        vscode.workspace
          .getConfiguration("workbench")
          .update("colorTheme", wanted, vscode.ConfigurationTarget.Global),
      theme,
    );
    const kind = theme.includes("Contrast")
      ? "hc-black"
      : theme.includes("Dark")
        ? "vs-dark"
        : "vs";
    await this.page.locator(`.monaco-workbench.${kind}`).waitFor();
  }

  /** Leaves a picture of the editors alone, as small as it can be read: for the README. */
  async picture(name: string): Promise<void> {
    await this.evaluate((vscode) =>
      vscode.commands.executeCommand("workbench.action.closeSidebar"),
    );
    await this.page.setViewportSize({ width: 920, height: 640 });
    await this.page.screenshot({ path: join(folder, `${name}.png`), clip: await this.#editors() });
    await this.page.setViewportSize({ width: 1400, height: 900 });
    await this.evaluate((vscode) =>
      vscode.commands.executeCommand("workbench.action.toggleSidebarVisibility"),
    );
  }

  async #editors(): Promise<{ x: number; y: number; width: number; height: number }> {
    const box = await this.page.locator(".part.editor").boundingBox();
    if (box === null) throw new Error("no editor is shown");
    return box;
  }

  /** Leaves a picture of the window in test/screenshots. */
  async screenshot(name: string): Promise<void> {
    await mkdir(folder, { recursive: true });
    await this.page.screenshot({ path: join(folder, `${name}.png`) });
  }
}
