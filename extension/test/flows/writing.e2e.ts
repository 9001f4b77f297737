/** From a first manifest to a package that can be pushed: questions, lenses, marks, names over files, walkthrough. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureFailures } from "../editor/failures.ts";
import { Questions } from "../pages/questions.ts";
import { Walkthrough } from "../pages/walkthrough.ts";
import { Workbench } from "../pages/workbench.ts";

let workbench: Workbench;
let questions: Questions;

beforeAll(async () => {
  workbench = await Workbench.open({
    workspace: "release",
    settings: { "workbench.colorTheme": "Default Dark Modern", "explorer.autoReveal": false },
  });
  questions = new Questions(workbench);
});

afterAll(() => workbench.close());

pictureFailures(() => workbench);

async function textOf(path: string): Promise<string> {
  return workbench.evaluate(async (vscode, file) => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
    return (await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, file))).getText();
  }, path);
}

/** The letters behind the rows of the explorer. */
async function badges(): Promise<readonly string[]> {
  return workbench.page.evaluate<string[]>(
    `[...document.querySelectorAll(".explorer-folders-view .monaco-icon-label")].map((label) => getComputedStyle(label, "::after").content)`,
  );
}

/** Until nothing is unsaved: an edit may still be on its way. */
async function saveAll(): Promise<void> {
  const unsaved = () =>
    workbench.evaluate(async (vscode) => {
      await vscode.workspace.saveAll();
      return vscode.workspace.textDocuments.filter(({ isDirty }) => isDirty).length;
    });
  await workbench.page.waitForTimeout(300);
  await expect.poll(unsaved).toBe(0);
}

test("a schedule tells its next five firings", async () => {
  await workbench.openFile("night.push.json");
  await workbench.editor.token('"0 3 L * *"').hover();
  const hover = workbench.editor.hover.filter({ hasText: "The next firings" });
  await hover.waitFor();
  expect(await hover.locator("li").count()).toBe(5);
  expect(await hover.innerText()).toContain("Europe/Berlin");
  await workbench.screenshot("writing-firings");
});

test("a group is followed, found and renamed over all files but the signed one", async () => {
  await workbench.placeCursor('pilots"]');
  await workbench.runCommand("Go to Definition");
  await workbench.page.locator(".peekview-widget .ref-tree").waitFor();
  await workbench.screenshot("writing-definitions");
  await workbench.page.keyboard.press("Escape");
  const files = await workbench.evaluate(async (vscode) => {
    const { document, selection } = vscode.window.activeTextEditor ?? {};
    const found = await vscode.commands.executeCommand<{ uri: { path: string } }[]>(
      "vscode.executeReferenceProvider",
      document?.uri,
      selection?.active,
    );
    return found.map(({ uri }) => uri.path.slice(uri.path.lastIndexOf("/") + 1)).toSorted();
  });
  expect(files).toEqual(["night.push.json", "outrider-server.json", "outrider.json", "trust.json"]);
  await workbench.page.keyboard.press("F2");
  const box = workbench.page.locator(".rename-box input");
  await box.fill("first-ring");
  await workbench.page.keyboard.press("Enter");
  await expect.poll(() => textOf("outrider-server.json")).toContain('["first-ring"]');
  await expect.poll(() => textOf("night.push.json")).toContain('["first-ring"]');
  await expect.poll(() => textOf("outrider.json")).toContain('"group": "first-ring"');
  expect(await textOf("trust.json")).toContain('"pilots"');
  await saveAll();
});

test("a key leads to the trust document", async () => {
  await workbench.openFile("outrider-server.json");
  await workbench.placeCursor("0123456789ABCDEF");
  await workbench.runCommand("Go to Definition");
  await expect
    .poll(() =>
      workbench.evaluate((vscode) => {
        const { document, selection } = vscode.window.activeTextEditor ?? {};
        return `${document?.uri.path.split("/").at(-1)} ${document?.lineAt(selection?.active.line ?? 0).text.trim()}`;
      }),
    )
    .toBe('trust.json "fingerprint": "0123456789ABCDEF0123456789ABCDEF01234567",');
});

test("a payload file that is renamed in the explorer takes the manifest along", async () => {
  const row = (name: string) =>
    workbench.page.locator(".explorer-folders-view .monaco-list-row", { hasText: name });
  await row("app").click();
  await row("main.lua").click();
  await workbench.page.keyboard.press("F2");
  const box = workbench.page.locator(".explorer-folders-view input");
  await box.fill("start.lua");
  await workbench.page.keyboard.press("Enter");
  await questions.modal.getByText("Outrider").waitFor();
  await questions.answerModal("OK");
  await expect.poll(() => textOf("outrider.json")).toContain('"from": "app/start.lua"');
  await row("start.lua").and(workbench.page.locator(".focused")).waitFor();
  await saveAll();
});

test("lenses build, count signatures, and say when files have changed since", async () => {
  await workbench.openFile("outrider.json");
  const lens = (text: string) =>
    workbench.page.locator(".editor-instance .codelens-decoration a", { hasText: text });
  await lens("Build").click();
  await workbench.notification("Built demo 1.0.0").waitFor();
  await lens("Sign (0 of 2)").waitFor();
  await lens("Push…").waitFor();
  await workbench.page
    .locator(".explorer-folders-view .monaco-list-row", { hasText: "dist" })
    .click();
  await expect.poll(badges).toContain('"U"');
  await workbench.clearNotifications();
  await workbench.screenshot("writing-lenses");
  await workbench.evaluate(async (vscode) => {
    const root = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
    const file = vscode.Uri.joinPath(root, "app/start.lua");
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode("console.log(12345);\n"));
  });
  await lens("Build Again (files changed)").waitFor();
  await expect.poll(badges).toContain('"!"');
  const problems = await workbench.problems.until((found) =>
    found.some(({ code }) => code === "PACKAGE_STALE"),
  );
  expect(problems.find(({ code }) => code === "PACKAGE_STALE")?.message).toBe(
    "demo-1.0.0 was built before app/start.lua changed: build it again.",
  );
  await workbench.screenshot("writing-stale");
});

test("a new manifest from six questions", async () => {
  await workbench.runCommand("Outrider: New Manifest…");
  const { quickInput } = workbench;
  await quickInput
    .getByText("Which files go in?")
    .or(quickInput.locator("input"))
    .first()
    .waitFor();
  await quickInput.locator(".monaco-list-row", { hasText: "everything in it" }).first().waitFor();
  await workbench.screenshot("new-manifest-files");
  const { keyboard } = workbench.page;
  await keyboard.press("Enter");
  await quickInput.getByText("Name of the package").waitFor();
  await keyboard.press("ControlOrMeta+A");
  await keyboard.type("Second");
  await quickInput.getByText("A name has lower-case letters").waitFor();
  await workbench.screenshot("new-manifest-name");
  await keyboard.press("ControlOrMeta+A");
  await keyboard.type("second");
  await keyboard.press("Enter");
  await quickInput.getByText("Version, such as").waitFor();
  await keyboard.press("Enter");
  await quickInput.locator(".monaco-list-row", { hasText: "replaces what is installed" }).click();
  await quickInput.locator(".monaco-list-row", { hasText: "a directory per version" }).click();
  await expect.poll(() => textOf("second.outrider.json")).toContain('"name": "second"');
  expect(JSON.parse(await textOf("second.outrider.json"))).toMatchObject({
    name: "second",
    version: "1.0.0",
    kind: "program",
    files: [{ from: "app/**", base: "app" }],
    install: { strategy: "directory" },
  });
});

test("the walkthrough leads to the first push, ticks what was done, and its pictures wear the theme", async () => {
  await workbench.evaluate((vscode) =>
    vscode.commands.executeCommand("workbench.action.closeSidebar"),
  );
  const walkthrough = new Walkthrough(workbench);
  await walkthrough.open();
  await expect.poll(() => walkthrough.steps()).toContain("○ Build the package");
  await workbench.openFile("outrider.json");
  await workbench.runCommand("Outrider: Build");
  await workbench.notification("Built demo 1.0.0").waitFor();
  await workbench.clearNotifications();
  await walkthrough.open();
  await expect
    .poll(() => walkthrough.steps())
    .toEqual([
      "○ Open a sample",
      "✓ Write the manifest",
      "✓ Build the package",
      "○ Sign it",
      "○ Start a server",
      "○ Push",
      "○ Watch it arrive",
    ]);
  await walkthrough.choose("Sign it", "sign.svg");
  await workbench.screenshot("walkthrough-dark");
  await workbench.paint("Default Light Modern");
  await walkthrough.choose("Push", "push.svg");
  await workbench.screenshot("walkthrough-light");
  expect(await workbench.complaints()).toEqual([]);
});
