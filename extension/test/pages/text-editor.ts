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

  /** Asks for completion. */
  async suggest(): Promise<void> {
    await this.#pressUntil("Control+Space", this.suggestions.first());
  }

  /** Takes a proposal by its label. */
  async accept(label: string): Promise<void> {
    await this.suggestions.filter({ hasText: label }).first().click();
    await this.suggestions.first().waitFor({ state: "hidden" });
  }

  /** A path or address in the text that can be followed. */
  link(text: string): Locator {
    return this.lines.locator(".detected-link", { hasText: text });
  }

  /** Follows a link as a person does; the editor draws it anew while the key is down. */
  async follow(text: string): Promise<void> {
    const box = await this.link(text).boundingBox();
    if (box === null) throw new Error(`the link ${text} is not on the screen`);
    await this.#page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await this.#page.keyboard.down("Control");
    await this.#page.mouse.click(box.x + box.width / 2, box.y + box.height / 2, { delay: 50 });
    await this.#page.keyboard.up("Control");
  }

  /** Opens the quick fixes at the cursor. */
  async quickFix(): Promise<Locator> {
    const menu = this.#page.locator(".action-widget .monaco-list-row.action");
    await this.#pressUntil("Control+.", menu.first());
    return menu;
  }

  /** Presses again where the editor threw the answer away: it does when its cursor or its problems change meanwhile. */
  async #pressUntil(keys: string, wanted: Locator): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      await this.#page.keyboard.press(keys);
      try {
        await wanted.waitFor({ timeout: 5000 });
        return;
      } catch (error) {
        if (attempt === 4) throw error;
        await this.#page.keyboard.press("Escape");
      }
    }
  }
}
