/** Where the extension may do less: Restricted Mode, the browser's own host; and where it speaks German. */
import { describe, expect, test } from "vitest";
import type { LaunchOptions } from "../editor/launch.ts";
import { DeploymentsView } from "../pages/deployments-view.ts";
import { ManifestForm } from "../pages/manifest-form.ts";
import { Questions } from "../pages/questions.ts";
import { Workbench } from "../pages/workbench.ts";

async function inWorkbench(
  options: LaunchOptions,
  use: (workbench: Workbench) => Promise<void>,
): Promise<void> {
  const workbench = await Workbench.open(options);
  try {
    await use(workbench);
    expect(await workbench.complaints()).toEqual([]);
  } catch (error) {
    await workbench.screenshot(`failed-${options.language ?? "place"}`);
    throw error;
  } finally {
    await workbench.close();
  }
}

describe("Restricted Mode", () => {
  test("schemas are asked, the files that a manifest names are not looked at", async () => {
    const options = {
      workspace: "authoring",
      restricted: true,
      settings: {
        "security.workspace.trust.startupPrompt": "never",
        "workbench.colorTheme": "Default High Contrast",
      },
    };
    await inWorkbench(options, async (workbench) => {
      await workbench.openFile("payload.outrider.json");
      await workbench.openFile("broken.outrider.json");
      const problems = await workbench.problems.until((found) => found.length > 0);
      expect(new Set(problems.map(({ file }) => file))).toEqual(new Set(["broken.outrider.json"]));
      expect(await workbench.evaluate((vscode) => vscode.workspace.isTrusted)).toBe(false);
      await workbench.runCommand("Outrider: Validate Workspace");
      await workbench.problems.rows.first().waitFor();
      expect((await workbench.problems.all()).map(({ code }) => code)).not.toContain(
        "PACKAGE_SOURCE",
      );
      await workbench.screenshot("restricted-high-contrast");
      await workbench.openFile("new.outrider.json");
      await workbench.editor.suggest();
      await workbench.editor.accept("Package of one folder");
      await workbench.page.keyboard.press("Escape");
      await new DeploymentsView(workbench).show();
      const welcome = workbench.page.locator(".sidebar .welcome-view");
      await welcome.getByText("In Restricted Mode").waitFor();
      await workbench.evaluate((vscode) => vscode.commands.executeCommand("outrider.sign"));
      await workbench.screenshot("restricted-refusal");
      await new Questions(workbench).press("not trusted", "Manage Workspace Trust");
      await workbench.page.locator(".workspace-trust-editor").waitFor();
    });
  });
});

describe("the browser's own extension host", () => {
  test("proposals and schemas, no disk", async () => {
    const options = {
      workspace: "authoring",
      settings: { "remote.extensionKind": { "outrider.outrider": ["web"] } },
    };
    await inWorkbench(options, async (workbench) => {
      await workbench.openFile("payload.outrider.json");
      await workbench.openFile("broken.outrider.json");
      await workbench.runCommand("Problems: Focus on Problems View");
      await workbench.problems.rows
        .filter({ hasText: "Property exclud is not allowed." })
        .waitFor();
      expect(
        await workbench.problems.rows.filter({ hasText: "payload.outrider.json" }).count(),
      ).toBe(0);
      await workbench.openFile("new.outrider.json");
      await workbench.editor.suggest();
      await workbench.editor.suggestions.filter({ hasText: "Package of one folder" }).waitFor();
      await workbench.editor.accept("Package of one folder");
      await workbench.page.keyboard.press("Escape");
      await workbench.editor.token('"strategy"').hover();
      await workbench.editor.hover.first().waitFor();
      const form = new ManifestForm(workbench);
      await form.open("payload.outrider.json");
      await form.heading(2, "Installation").waitFor();
      await workbench.screenshot("web-host");
      const offered = await workbench.evaluate((vscode) => vscode.commands.getCommands(true));
      expect(offered).not.toContain("outrider.push");
    });
  });
});

describe("German", () => {
  test("commands, problems, documentation and proposals", async () => {
    await inWorkbench({ workspace: "authoring", language: "de" }, async (workbench) => {
      await workbench.openFile("broken.outrider.json");
      const problems = await workbench.problems.until((found) => found.length > 3);
      expect(problems.map(({ message }) => message)).toEqual([
        "Das passt nicht: Name eines Pakets: Kleinbuchstaben, Ziffern, Punkte und Bindestriche, wie bei npm ohne Scope; kein Gerät von Windows wie nul oder com1.",
        "Falscher Typ. Erwartet wird „string“.",
        "Die Eigenschaft exclud ist hier nicht erlaubt.",
        'Der Wert ist nicht erlaubt. Gültige Werte: "directory", "files", "command", "vendor".',
      ]);
      await workbench.openFile("new.outrider.json");
      await workbench.editor.suggest();
      await workbench.editor.accept("Paket aus einem Ordner");
      await workbench.page.keyboard.press("Escape");
      await workbench.editor.token('"strategy"').hover();
      await workbench.editor.hover.first().waitFor();
      expect(await workbench.editor.hover.first().innerText()).toContain(
        "ein Verzeichnis je Version",
      );
      await workbench.runCommand("Outrider: Arbeitsbereich prüfen");
      await workbench.problems.rows.first().waitFor();
      await workbench.screenshot("german");
    });
  });
});
