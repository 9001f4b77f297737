/** The walkthrough on VS Code's welcome page. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/** Its steps. */
export class Walkthrough {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  get #steps(): Locator {
    return this.#workbench.page.locator(".gettingStartedContainer .getting-started-step");
  }

  /** Opens it, as "Welcome: Open Walkthrough…" does. */
  async open(): Promise<void> {
    await this.#workbench.evaluate((vscode) =>
      vscode.commands.executeCommand(
        "workbench.action.openWalkthrough",
        "outrider.outrider#firstPush",
        false,
      ),
    );
    await this.#steps.first().waitFor();
  }

  /** Presses the button of a step. */
  async press(title: string, button: string): Promise<void> {
    await this.#steps.getByText(title, { exact: true }).first().click();
    await this.#steps.getByRole("button", { name: button, exact: true }).click();
  }

  /** Every step by its title, with a tick or a circle before it. */
  async steps(): Promise<readonly string[]> {
    return this.#workbench.page.evaluate<string[]>(
      `[...document.querySelectorAll(".gettingStartedContainer .getting-started-step")].map((step) => {
        const isDone = step.querySelector(".codicon-getting-started-step-checked") !== null;
        return (isDone ? "✓ " : "○ ") + step.querySelector(".step-title")?.textContent;
      })`,
    );
  }

  /**
   * Opens a step, and waits for its picture, which stands in a page of its own: the one of the step before stays there
   * until it is replaced.
   *
   * @param picture of `media/walkthrough`.
   */
  async choose(title: string, picture: string): Promise<void> {
    const path = join(import.meta.dirname, "../../media/walkthrough", picture);
    const [, shape = ""] =
      /<(?:path|g|rect)[^>]* (?:d|transform)="([^"]+)"/.exec(await readFile(path, "utf8")) ?? [];
    await this.#steps.getByText(title, { exact: true }).first().click();
    await this.#workbench.page
      .frameLocator("iframe.webview.ready")
      .frameLocator("#active-frame")
      .locator(`svg :is([d="${shape}"], [transform="${shape}"])`)
      .first()
      .waitFor();
  }
}
