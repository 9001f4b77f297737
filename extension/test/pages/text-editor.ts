/** The text editor that has the focus. */
import type { Locator, Page } from "playwright-core";

/** Driven by keys and pointer. */
export class TextEditor {
  readonly #page: Page;

  constructor(page: Page) {
    this.#page = page;
  }

  /** The lines on the screen. */
  get lines(): Locator {
    return this.#page.locator(".editor-instance .view-lines");
  }

  /** A word or string on the screen, as it is coloured. */
  token(text: string): Locator {
    return this.lines.locator("span > span", { hasText: text }).first();
  }

  /** What completion offers. */
  get suggestions(): Locator {
    return this.#page.locator(".suggest-widget.visible .monaco-list-row");
  }

  /** What is shown beside the pointer. */
  get hover(): Locator {
    return this.#page.locator(".monaco-hover:not(.hidden) .hover-contents");
  }

  /** Asks for completion; again where the editor was still moving its cursor and threw the answer away. */
  async suggest(): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.#page.keyboard.press("Control+Space");
      try {
        await this.suggestions.first().waitFor({ timeout: 5000 });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
        await this.#page.keyboard.press("Escape");
      }
    }
  }

  /** Takes a proposal by its label. */
  async accept(label: string): Promise<void> {
    await this.suggestions.filter({ hasText: label }).first().click();
    await this.suggestions.first().waitFor({ state: "hidden" });
  }

  /** Opens the quick fixes at the cursor. */
  async quickFix(): Promise<Locator> {
    await this.#page.keyboard.press("Control+.");
    const menu = this.#page.locator(".action-widget .monaco-list-row.action");
    await menu.first().waitFor();
    return menu;
  }
}
