/** "Validate This File" and "Validate Workspace": findings in the Problems view, and nothing else shown than is true. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureFailures } from "../editor/failures.ts";
import { Workbench } from "../pages/workbench.ts";

let workbench: Workbench;

beforeAll(async () => {
  workbench = await Workbench.open({ workspace: "authoring" });
});

afterAll(() => workbench.close());

pictureFailures(() => workbench);

test("a valid file: it is said that it is", async () => {
  await workbench.openFile("outrider.json");
  await workbench.runCommand("Outrider: Validate This File");
  await workbench.notification("outrider.json is valid.").waitFor();
  await workbench.screenshot("validate-valid");
  await workbench.clearNotifications();
});

test("the workspace: every finding of every file, also of those that are closed", async () => {
  await workbench.runCommand("Outrider: Validate Workspace");
  await workbench.problems.rows.first().waitFor();
  const problems = await workbench.problems.all();
  await workbench.screenshot("validate-workspace");
  const codes = Object.groupBy(problems, ({ file }) => file);
  expect(Object.keys(codes).toSorted()).toEqual([
    "broken.outrider.json",
    "new.outrider.json",
    "payload.outrider.json",
  ]);
  expect(
    codes["broken.outrider.json"]?.every(
      ({ code, severity }) => code === "DOCUMENT_INVALID" && severity === "error",
    ),
  ).toBe(true);
  expect(codes["broken.outrider.json"]?.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['"Broken Name"', "2", '"exclud"', '"folder"']),
  );
  expect(
    codes["payload.outrider.json"]?.map(({ code, text }) => `${code} ${text}`).toSorted(),
  ).toEqual([
    'PACKAGE_PATH "app/page.html"',
    'PACKAGE_SOURCE "missing/**"',
    'PACKAGE_SPELLING "App/bin/check"',
    'PACKAGE_SPELLING "docs/README.txt"',
    'VARIANT_UNREACHABLE "windows"',
  ]);
});

test("a closed file that was asked for follows the disk", async () => {
  const write = (file: string, text: string) =>
    workbench.evaluate(
      async (vscode, name, content) => {
        const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
        const uri = vscode.Uri.joinPath(folder, name);
        await vscode.workspace.fs.writeFile(uri, new TextEncoder().encode(content));
      },
      file,
      text,
    );
  await write("broken.outrider.json", '{ "name": 1 }');
  await workbench.problems.until((problems) =>
    problems.some(({ file, text }) => file === "broken.outrider.json" && text === "1"),
  );
  await workbench.evaluate(async (vscode) => {
    const folder = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.Uri.file("/");
    await vscode.workspace.fs.delete(vscode.Uri.joinPath(folder, "broken.outrider.json"));
  });
  await workbench.problems.until((problems) =>
    problems.every(({ file }) => file !== "broken.outrider.json"),
  );
});

test("a file of another kind: it is said that it is none of ours", async () => {
  await workbench.clearNotifications();
  await workbench.openFile("notes/plain.json");
  await workbench.runCommand("Outrider: Validate This File");
  await workbench.notification("notes/plain.json is of no kind that Outrider knows.").waitFor();
  expect(await workbench.complaints()).toEqual([]);
});
