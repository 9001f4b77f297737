/** What the extension asks of a person: choices, lines to type, messages with buttons, the one modal. */
import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

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

  /** Takes a choice by its text, as a person types it. */
  async choose(text: string): Promise<void> {
    const input = this.#workbench.quickInput.locator("input.input");
    await this.choices.filter({ hasText: text }).first().waitFor();
    await input.fill(text);
    await this.choices.first().filter({ hasText: text }).waitFor();
    await input.press("Enter");
  }

  /** Waits until a line is asked for. */
  async asked(prompt: string | RegExp): Promise<void> {
    await this.#workbench.quickInput.getByText(prompt).first().waitFor();
  }

  /** Types a line that is asked for with this prompt. */
  async answer(prompt: string | RegExp, text: string): Promise<void> {
    await this.asked(prompt);
    await this.#workbench.quickInput.locator("input.input").fill(text);
    await this.#workbench.page.keyboard.press("Enter");
  }

  /** Leaves what is asked. */
  async leave(): Promise<void> {
    await this.#workbench.page.keyboard.press("Escape");
    await this.#workbench.quickInput.waitFor({ state: "hidden" });
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

  /** The modal. */
  get modal(): Locator {
    return this.#workbench.page.locator(".monaco-dialog-box");
  }

  /** Answers the modal. */
  async answerModal(button: string): Promise<void> {
    await this.modal.locator(".monaco-button", { hasText: button }).first().click();
    await this.modal.waitFor({ state: "hidden" });
  }
}
