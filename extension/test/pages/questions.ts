/** What the extension asks of a person: choices, lines to type, messages with buttons, the one modal. */
import type { Locator } from "playwright-core";
import { expect } from "vitest";
import type { Workbench } from "./workbench.ts";

/** What a push asks for, in this order, where it begins with a push file. */
export const orderQuestions = [
  "To whom?",
  "By which transports?",
  "When?",
  "In which waves?",
  "Anything else?",
] as const;

/** Answered by pointer and keys. */
export class Questions {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** The choices of the list that is open. */
  get choices(): Locator {
    return this.#workbench.quickInput.locator(".monaco-list-row");
  }

  get #input(): Locator {
    return this.#workbench.quickInput.locator("input.input");
  }

  /** Takes a choice by its text, as a person types it. */
  async choose(text: string): Promise<void> {
    const input = this.#input;
    await this.choices.filter({ hasText: text }).first().waitFor();
    await input.fill(text);
    const wanted = this.choices.first().filter({ hasText: text });
    await wanted.waitFor();
    await this.#pressUntil("Enter", input, async () => {
      const isStillAsked = (await wanted.isVisible()) && (await input.inputValue()) === text;
      return !isStillAsked;
    });
  }

  /** The line in which one of a list is searched, by what stands in it while it is empty. */
  list(placeholder: string): Locator {
    return this.#workbench.quickInput.locator(`input.input[placeholder^="${placeholder}"]`);
  }

  /** Takes what is proposed in each of these lists, as Enter does. */
  async takeProposed(...placeholders: readonly string[]): Promise<void> {
    for (const placeholder of placeholders) {
      await this.list(placeholder).waitFor();
      await this.choices.first().waitFor();
      const list = this.list(placeholder);
      await this.#pressUntil("Enter", list, () => list.isHidden());
    }
  }

  /** Ticks or unticks one of several. */
  async tick(text: string): Promise<void> {
    await this.choices.filter({ hasText: text }).locator(".monaco-checkbox, input").first().click();
  }

  /** Goes a question back. */
  async back(): Promise<void> {
    await this.#workbench.quickInput.locator('.action-label[aria-label^="Back"]').click();
  }

  /** Waits until a line is asked for. */
  async asked(prompt: string | RegExp): Promise<void> {
    await this.#workbench.quickInput.getByText(prompt).first().waitFor();
  }

  /** Types a line that is asked for with this prompt. */
  async answer(prompt: string | RegExp, text: string): Promise<void> {
    await this.asked(prompt);
    await this.#input.fill(text);
    await this.#workbench.page.keyboard.press("Enter");
  }

  /** Leaves what is asked. */
  async leave(): Promise<void> {
    await this.#pressUntil("Escape", this.#input, () => this.#workbench.quickInput.isHidden());
  }

  /** Takes the name that a file dialog proposes. */
  async takeName(): Promise<void> {
    await this.#pressUntil("Enter", this.#input, () => this.#workbench.quickInput.isHidden());
  }

  /** Presses a button of the message with this text. */
  async press(message: string | RegExp, button: string): Promise<void> {
    const box = this.#workbench.page
      .locator(".notifications-toasts .notification-list-item")
      .filter({ hasText: message })
      .first();
    await box.hover();
    await box.locator(".monaco-button", { hasText: button }).first().click();
  }

  /** Pressed again where what is shown did not listen yet. */
  async #pressUntil(key: string, on: Locator, isOver: () => Promise<boolean>): Promise<void> {
    const pressed = async (): Promise<boolean> => {
      await on.press(key, { timeout: 2000 }).catch(() => undefined);
      for (let left = 40; left > 0 && !(await isOver()); left--)
        await this.#workbench.page.waitForTimeout(50);
      return isOver();
    };
    await expect.poll(pressed).toBe(true);
  }

  /** The modal. */
  get modal(): Locator {
    return this.#workbench.page.locator(".monaco-dialog-box");
  }

  /** Answers the modal. */
  async answerModal(button: string): Promise<void> {
    await this.modal.locator(".monaco-button", { hasText: button }).first().click();
    await this.modal.waitFor({ state: "hidden" });
  }

  /** Leaves the modal by a key. @returns what it said */
  async leaveModal(): Promise<string> {
    await this.modal.waitFor();
    const text = await this.modal.innerText();
    const cancel = this.modal.locator(".monaco-button", { hasText: "Cancel" });
    await this.#pressUntil("Escape", cancel, () => this.modal.isHidden());
    return text;
  }
}
