/** The form of a document: a page within the editor's page. */
import type { Frame, FrameLocator, Locator } from "playwright-core";
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

  /** Shows a file of the workspace as a form, as one opens an editor of one's choice. */
  async open(path: string): Promise<void> {
    await this.#workbench.evaluate(async (vscode, file) => {
      const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
      await vscode.commands.executeCommand(
        "vscode.openWith",
        vscode.Uri.joinPath(folder, file),
        "outrider.manifestForm",
      );
    }, path);
    await this.heading(1, path).waitFor();
  }

  /** A heading that begins like this. */
  heading(level: number, text: string): Locator {
    return this.#frame.getByRole("heading", { level, name: text });
  }

  /** An input by its label; the first of several. */
  field(label: string): Locator {
    return this.#frame.getByLabel(label, { exact: true }).first();
  }

  /** What belongs together, by its heading. */
  group(heading: string): Locator {
    return this.#frame.getByRole("group", { name: heading, exact: true });
  }

  /** A button. */
  button(name: string): Locator {
    return this.#frame.getByRole("button", { name, exact: true });
  }

  /** Anything that is said. */
  text(text: string | RegExp): Locator {
    return this.#frame.getByText(text);
  }

  /** Presses a button and is typing elsewhere before the page has heard what came of it. */
  async pressAndType(action: string, pointer: string, text: string): Promise<void> {
    await this.#page().evaluate(`(() => {
      const button = document.querySelector('[data-action="${action}"]');
      const field = document.querySelector('[data-pointer="${pointer}"]');
      button.focus();
      button.click();
      field.focus();
      field.value = ${JSON.stringify(text)};
    })()`);
  }

  /** What holds the keyboard: the pointer of a control, or what a button does to which pointer. */
  async focused(): Promise<string> {
    return this.#page().evaluate<string>(
      `(({ activeElement: held }) =>
        held.dataset.pointer ?? held.dataset.action ?? "")(document)`,
    );
  }

  /** Waits until the editor has dressed the page. */
  async dressed(theme: "dark" | "light" | "high-contrast"): Promise<void> {
    await this.#frame.locator(`body.vscode-${theme}`).waitFor();
  }

  /** What axe finds wrong, a line each. */
  async faults(): Promise<readonly string[]> {
    return axeFaults(this.#page());
  }

  /** Anything in any page of the window that came of text taken for markup. */
  async strangers(): Promise<number> {
    let found = 0;
    for (const frame of this.#workbench.page.frames()) {
      const owned = await frame.evaluate<boolean>("globalThis.owned !== undefined");
      found += owned ? 1 : 0;
      found += await frame.locator('img[src="x"], script:not([src]):text("owned")').count();
    }
    return found;
  }

  #page(): Frame {
    const frames = this.#workbench.page.frames();
    const frame = frames.find(
      (candidate) => candidate.name() === "active-frame" || /fake\.html/.test(candidate.url()),
    );
    if (frame === undefined) throw new Error("no form is open");
    return frame;
  }
}
