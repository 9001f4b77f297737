/** The form of a manifest: a page within the editor's page. */
import type { FrameLocator, Locator } from "playwright-core";
import { axeFaults } from "../editor/axe.ts";
import type { Workbench } from "./workbench.ts";

/** What stands on it. */
export class ManifestForm {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  get #frame(): FrameLocator {
    return this.#workbench.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** An input by its label; the first of several. */
  field(label: string): Locator {
    return this.#frame.getByLabel(label, { exact: true }).first();
  }

  /** A button. */
  button(name: string): Locator {
    return this.#frame.getByRole("button", { name });
  }

  /** Anything that is said. */
  text(text: string): Locator {
    return this.#frame.getByText(text);
  }

  /** Waits until the editor has dressed the page. */
  async dressed(theme: "dark" | "light" | "high-contrast"): Promise<void> {
    await this.#frame.locator(`body.vscode-${theme}`).waitFor();
  }

  /** What axe finds wrong, a line each. */
  async faults(): Promise<readonly string[]> {
    const frames = this.#workbench.page.frames();
    const frame = frames.find(
      (candidate) => candidate.name() === "active-frame" || /fake\.html/.test(candidate.url()),
    );
    if (frame === undefined) throw new Error("no form is open");
    return axeFaults(frame);
  }
}
