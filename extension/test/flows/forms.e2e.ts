/** Documents as forms: every kind of row, by keys alone, beside the text, in every theme; and what nobody meant well. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { pictureFailures } from "../editor/failures.ts";
import { ManifestForm } from "../pages/manifest-form.ts";
import { Workbench } from "../pages/workbench.ts";

let workbench: Workbench;
let form: ManifestForm;
let manifest: string;

beforeAll(async () => {
  workbench = await Workbench.open({
    workspace: "forms",
    settings: { "workbench.colorTheme": "Default Dark Modern" },
  });
  form = new ManifestForm(workbench);
  manifest = await readFile(join(workbench.running.workspace, "outrider.json"), "utf8");
});

afterAll(() => workbench.close());

pictureFailures(() => workbench);

beforeEach(() =>
  workbench.evaluate(async (vscode) => {
    await vscode.workspace.saveAll();
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
  }),
);

async function textOf(path: string): Promise<string> {
  return workbench.evaluate(async (vscode, file) => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
    return (await vscode.workspace.openTextDocument(vscode.Uri.joinPath(folder, file))).getText();
  }, path);
}

/** Waits until the text of the manifest is this. */
async function becomes(wanted: string, path = "outrider.json"): Promise<void> {
  await expect.poll(() => textOf(path)).toBe(wanted);
}

async function write(path: string, text: string): Promise<void> {
  await writeFile(join(workbench.running.workspace, path), text);
}

/** One step back, as the key says it in the form. */
async function undo(): Promise<void> {
  await form.button("Open as Text").last().focus();
  await workbench.page.keyboard.press("Control+z");
}

async function press(...keys: readonly string[]): Promise<void> {
  for (const key of keys) await workbench.page.keyboard.press(key);
}

test("answers are small edits of the text, each one step back", async () => {
  await form.open("outrider.json");
  await form.field("Version").fill("3.1.0");
  await press("Tab");
  const first = manifest.replace("3.0.0", "3.1.0");
  await becomes(first);
  await form.group("Health check").getByLabel("Attempts").fill("2");
  await press("Tab");
  const second = first.replace('"timeoutSeconds": 30', '"timeoutSeconds": 30, "attempts": 2');
  await becomes(second);
  await form.group("Variant linux").getByLabel("darwin").check();
  await becomes(second.replace('["linux"]', '["linux", "darwin"]'));
  await undo();
  await becomes(second);
  await undo();
  await becomes(first);
  await undo();
  await becomes(manifest);
});

test("rows by the keyboard alone; whoever moves one goes with it", async () => {
  await form.open("outrider.json");
  await form.button("Add Health Check").waitFor({ state: "detached" });
  await form.button("Add Wave").focus();
  await press("Enter");
  await expect.poll(() => form.focused()).toBe("/rollout/waves/2/name");
  await workbench.page.keyboard.type("rest");
  await press("Tab");
  await form.heading(3, "Wave rest").waitFor();
  await form.button("Move Up: Wave rest").focus();
  await press("Enter");
  await expect.poll(() => form.focused()).toBe("rise /rollout/waves/1");
  await expect
    .poll(() => textOf("outrider.json"))
    .toContain(
      `"soakSeconds": 3600 },
      { "share": 100, "name": "rest" },
      { "share": 100, "errorThreshold": 2 }`,
    );
  await press("Enter");
  await expect.poll(() => form.focused()).toBe("sink /rollout/waves/0");
  await form.button("Remove: Wave rest").focus();
  await press("Enter");
  await form.heading(3, "Wave rest").waitFor({ state: "detached" });
  await expect.poll(() => form.focused()).toBe("remove /rollout/waves/0");
  await becomes(manifest);
  await form.button("Remove: Health check").focus();
  await press("Enter");
  await expect.poll(() => form.focused()).toBe("add /install/healthCheck");
  await undo();
  await becomes(manifest);
});

test.each([
  ["dark", "Default Dark Modern"],
  ["light", "Default Light Modern"],
  ["high-contrast", "Default High Contrast"],
] as const)("readable and axe-clean: %s", async (name, theme) => {
  await workbench.paint(theme);
  await form.open("outrider.json");
  await form.dressed(name);
  expect(await form.faults()).toEqual([]);
  await form.group("Variant linux").scrollIntoViewIfNeeded();
  await workbench.screenshot(`form-${name}`);
});

test("a good example, for the README", async () => {
  await workbench.paint("Default Dark Modern");
  await workbench.openFile("outrider.json");
  await workbench.page.locator(".codelens-decoration a", { hasText: "Build" }).waitFor();
  await workbench.picture("readme-manifest");
  await form.open("outrider.json");
  await form.dressed("dark");
  await workbench.picture("readme-form");
});

test("the form and the text beside it stay in step, and what is being typed stays", async () => {
  await workbench.openFile("outrider.json");
  await workbench.evaluate((vscode) =>
    vscode.commands.executeCommand("workbench.action.splitEditor"),
  );
  await form.open("outrider.json");
  await form.field("Description").fill("Half a sent");
  await workbench.evaluate(async (vscode) => {
    const text = vscode.window.visibleTextEditors[0];
    const at = text?.document.getText().indexOf("3.0.0") ?? 0;
    await text?.edit((edit) =>
      edit.replace(
        new vscode.Range(text.document.positionAt(at), text.document.positionAt(at + 5)),
        "4.0.0",
      ),
    );
  });
  await expect.poll(() => form.field("Version").inputValue()).toBe("4.0.0");
  expect(await form.field("Description").inputValue()).toBe("Half a sent");
  await workbench.page.keyboard.type("ence.");
  await press("Tab");
  await workbench.page.locator(".view-line", { hasText: '"Half a sentence."' }).waitFor();
  await workbench.screenshot("form-beside-text");
  await undo();
  await undo();
  await becomes(manifest);
});

test("a push file: to whom, when, in which waves", async () => {
  await form.open("night.push.json");
  await form.field("Groups").fill("hall-1\nhall-2");
  await form.button("Add Wave").press("Enter");
  await expect.poll(() => textOf("night.push.json")).toContain('"waves": [{ "share": 100 }]');
  await expect.poll(() => textOf("night.push.json")).toContain('"groups": ["hall-1", "hall-2"]');
  await form.heading(3, "Wave 1").waitFor();
  await form.pressAndType("add /rollout/waves", "/on/cron", "every nigh");
  await form.heading(3, "Wave 2").waitFor();
  expect(await form.focused()).toBe("/on/cron");
  await workbench.page.keyboard.type("t");
  await press("Tab");
  await expect.poll(() => form.field("When").inputValue()).toBe("every night");
  await expect.poll(() => form.field("When").getAttribute("aria-invalid")).toBe("true");
  await workbench.screenshot("form-push");
});

test("E2: a hostile manifest runs nothing, says what is wrong, and loses nothing", async () => {
  const hostile = `${JSON.stringify(
    {
      name: "safe\u202egnp.exe",
      version: 3,
      description: '<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script>',
      files: [{ from: "a\nb" }, 7, { from: '"><img src=x onerror=globalThis.owned=1>' }],
      variants: Array.from({ length: 20_000 }, (_, at) => ({ name: `v${at}`, when: {} })),
      install: "rm -rf /",
      "<script>globalThis.owned=1</script>": 1,
    },
    null,
    1,
  )}\n`;
  await write("hostile.outrider.json", hostile);
  await form.open("hostile.outrider.json");
  await form.text("safe⟨U+202E⟩gnp.exe").waitFor();
  await form.text("19900 more, in the text: /variants").waitFor();
  await form.text("rm -rf /").waitFor();
  expect(await form.field("Description").inputValue()).toContain("<img src=x");
  expect(await form.strangers()).toBe(0);
  await workbench.screenshot("form-hostile");
  await form.button("Remove: Files 2").press("Enter");
  await form.button("Remove: Files 3").waitFor({ state: "detached" });
  await becomes(hostile.replace("  7,\n", ""), "hostile.outrider.json");
  await undo();
  await becomes(hostile, "hostile.outrider.json");
});

test("E2: a broken manifest is not shown as a form, but where it is broken is", async () => {
  const broken = manifest.replace('"files": [', '"files": [ // all of them');
  const twice = manifest.replace('"requires"', '"name": "other",\n  "requires"');
  await write("broken.outrider.json", broken);
  await write("twice.outrider.json", twice);
  await form.open("broken.outrider.json");
  await form.text("Line 5:").waitFor();
  await workbench.screenshot("form-broken");
  expect(await form.faults()).toEqual([]);
  await form.button("Open as Text").press("Enter");
  await workbench.page.locator(".view-line", { hasText: "all of them" }).waitFor();
  await becomes(broken, "broken.outrider.json");
  await form.open("twice.outrider.json");
  await form
    .text("Line 28:")
    .or(form.text(/twice|duplicate/i))
    .first()
    .waitFor();
  await becomes(twice, "twice.outrider.json");
});

test("no complaint in any log", async () => {
  expect(await workbench.complaints()).toEqual([]);
});
