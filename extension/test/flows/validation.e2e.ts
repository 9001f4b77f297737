/** "Validate This File" and "Validate Workspace": findings in the Problems view, and nothing else shown than is true. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { Workbench } from "../pages/workbench.ts";

let workbench: Workbench;

beforeAll(async () => {
  workbench = await Workbench.open({ workspace: "authoring" });
});

afterAll(() => workbench.close());

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
