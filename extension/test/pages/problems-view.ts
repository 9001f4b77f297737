/** The Problems view. */
import type { Locator } from "playwright-core";
import type { Workbench } from "./workbench.ts";

/** One problem as the editor holds it. */
export interface ShownProblem {
  readonly file: string;
  readonly code: string;
  readonly message: string;
  readonly severity: "error" | "warning";
  /** The text it points at. */
  readonly text: string;
}

/** Problems, as they are shown and as they are held. */
export class ProblemsView {
  readonly #workbench: Workbench;

  constructor(workbench: Workbench) {
    this.#workbench = workbench;
  }

  /** Rows of the view: files and problems. */
  get rows(): Locator {
    return this.#workbench.page.locator(".markers-panel .monaco-list-row");
  }

  /** Ours, as VS Code holds them; of open and closed files. */
  async all(): Promise<readonly ShownProblem[]> {
    return this.#workbench.evaluate(async (vscode) => {
      const problems = [];
      for (const [uri, diagnostics] of vscode.languages.getDiagnostics())
        for (const { code, message, range, severity, source } of diagnostics) {
          if (source !== "outrider") continue;
          const document = await vscode.workspace.openTextDocument(uri);
          problems.push({
            file: vscode.workspace.asRelativePath(uri),
            code: typeof code === "object" ? String(code.value) : String(code),
            message,
            severity: severity === 0 ? ("error" as const) : ("warning" as const),
            text: document.getText(range),
          });
        }
      return problems;
    });
  }

  /** Waits until ours fit. */
  async until(
    fits: (problems: readonly ShownProblem[]) => boolean,
  ): Promise<readonly ShownProblem[]> {
    const start = Date.now();
    for (;;) {
      const problems = await this.all();
      if (fits(problems)) return problems;
      if (Date.now() - start > 45_000)
        throw new Error(
          `The problems never were as expected: ${JSON.stringify(problems, null, 2)}`,
        );
      await this.#workbench.page.waitForTimeout(150);
    }
  }
}
