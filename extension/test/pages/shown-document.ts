/** The read-only documents that the extension shows: bytes to be signed, previews, verdicts. */
import { expect } from "vitest";
import type { Workbench } from "./workbench.ts";

/** Waits until one of this name holds such a text. @returns all of it */
export async function shownText(
  workbench: Workbench,
  name: string,
  holds: string | RegExp = "",
): Promise<string> {
  const read = (): Promise<string> =>
    workbench.evaluate(
      (vscode, wanted) =>
        vscode.workspace.textDocuments
          .find(({ uri }) => uri.scheme === "outrider-shown" && uri.path.endsWith(wanted))
          ?.getText() ?? "",
      name,
    );
  await expect.poll(read).toMatch(holds);
  return read();
}
