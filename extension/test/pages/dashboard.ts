/** The dashboard of a deployment: a page within the editor's page. */
import type { Frame, FrameLocator, Locator } from "playwright-core";
import { axeFaults } from "../editor/axe.ts";
import type { Workbench } from "./workbench.ts";

/** What stands on it. */
export class Dashboard {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  get #frame(): FrameLocator {
    return this.#workbench.page.frameLocator("iframe.webview.ready").frameLocator("#active-frame");
  }

  /** A heading of the first rank. */
  heading(text: string): Locator {
    return this.#frame.getByRole("heading", { level: 1, name: text });
  }

  /** The one that a push opens, without what was shown beside. */
  async alone(release: string): Promise<void> {
    const { page } = this.#workbench;
    await page.locator(".tab.active", { hasText: new RegExp(`^${release}`) }).waitFor();
    await this.#workbench.evaluate((vscode) =>
      vscode.commands.executeCommand("workbench.action.closeEditorsInOtherGroups"),
    );
    await this.heading(release).waitFor();
  }

  /** A table by its caption. */
  table(caption: string): Locator {
    return this.#frame.getByRole("table", { name: caption });
  }

  /** A button. */
  button(name: string): Locator {
    return this.#frame.getByRole("button", { name, exact: true });
  }

  /** Anything that is said. */
  text(text: string | RegExp): Locator {
    return this.#frame.getByText(text);
  }

  /** Waits until the editor has dressed the page. */
  async dressed(theme: "dark" | "light" | "high-contrast"): Promise<void> {
    await this.#frame.locator(`body.vscode-${theme}`).waitFor();
  }

  /** How far it is scrolled down. */
  async place(): Promise<number> {
    return this.#page().evaluate<number>("Math.round(scrollY)");
  }

  /** Scrolls until a heading of the second rank is seen. */
  async scrollTo(heading: string): Promise<void> {
    await this.#frame.getByRole("heading", { level: 2, name: heading }).scrollIntoViewIfNeeded();
  }

  /** How each state of a machine is painted, without its colours; `lost` is told as `failed` is. */
  async patterns(): Promise<readonly string[]> {
    return this.#page().evaluate<string[]>(`(() => {
      const kinds = new Map();
      for (const part of document.querySelectorAll(".bar .part:not(.lost)")) {
        const { backgroundImage } = getComputedStyle(part);
        kinds.set(part.className, backgroundImage.replaceAll(/rgba?\\([^)]*\\)|#\\w+/g, "colour"));
      }
      return [...kinds.values()];
    })()`);
  }

  /** What axe finds wrong, a line each. */
  async faults(): Promise<readonly string[]> {
    return axeFaults(this.#page());
  }

  #page(): Frame {
    const frame = this.#workbench.page
      .frames()
      .find(
        (candidate) => candidate.name() === "active-frame" || /fake\.html/.test(candidate.url()),
      );
    if (frame === undefined) throw new Error("no dashboard is open");
    return frame;
  }
}
