/** The view "Deployments". */
import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/** Rows as a person sees them. */
export class DeploymentsView {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** Opens it by its icon in the activity bar. */
  async open(): Promise<void> {
    await this.show();
    await this.rows.first().waitFor();
  }

  /** The same where there may be no row. */
  async show(): Promise<void> {
    await this.#workbench.page
      .locator('.activitybar .action-label[aria-label^="Outrider"]')
      .click();
  }

  /** A button of what is said where there is no row. */
  welcome(button: string): Locator {
    return this.#workbench.page.locator(".sidebar .welcome-view .monaco-button", {
      hasText: button,
    });
  }

  /** Every visible row. */
  get rows(): Locator {
    return this.#workbench.page.locator(".sidebar .monaco-list-row[role=treeitem]");
  }

  /** The row with a text. */
  row(text: string | RegExp): Locator {
    return this.rows.filter({ hasText: text }).first();
  }

  /** Shows what lies below a row. */
  async expand(text: string | RegExp): Promise<void> {
    const row = this.row(text);
    await row.waitFor();
    if ((await row.getAttribute("aria-expanded")) === "false")
      await row.locator(".monaco-tl-twistie").click();
  }

  /** An action that stands on a row when the pointer is there. */
  async act(text: string | RegExp, action: string): Promise<void> {
    const row = this.row(text);
    await row.hover();
    await row.locator(`.action-label[aria-label^="${action}"]`).click();
  }
}
