import { once } from "node:events";
import { readFile, rm } from "node:fs/promises";
/** As somebody new does it: the sample, the local server, a push that its agents install, and nothing left behind. */
import { connect } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureFailures } from "../editor/failures.ts";
import { Dashboard } from "../pages/dashboard.ts";
import { DeploymentsView } from "../pages/deployments-view.ts";
import { orderQuestions, Questions } from "../pages/questions.ts";
import { Walkthrough } from "../pages/walkthrough.ts";
import { Workbench } from "../pages/workbench.ts";

let workbench: Workbench;
let questions: Questions;
let dashboard: Dashboard;
let view: DeploymentsView;
let walkthrough: Walkthrough;
let url: string;
let folder = "";

beforeAll(async () => {
  workbench = await Workbench.open({
    workspace: "authoring",
    settings: { "workbench.colorTheme": "Default Dark Modern" },
  });
  questions = new Questions(workbench);
  dashboard = new Dashboard(workbench);
  view = new DeploymentsView(workbench);
  walkthrough = new Walkthrough(workbench);
});

afterAll(async () => {
  await workbench.close();
  if (folder !== "") await rm(folder, { recursive: true, force: true });
});

pictureFailures(() => workbench);

test("the sample is written, with the trust document of the local server", async () => {
  // The palette lists what the host has told of by then.
  await workbench.evaluate((vscode) => vscode.commands.getCommands());
  const opened = workbench.page.context().waitForEvent("page");
  await workbench.runCommand("Outrider: Open Sample Workspace");
  await questions.choose("A temporary folder");
  const page = await opened;
  folder = new URL(page.url()).searchParams.get("folder") ?? "";
  expect(folder).toMatch(/outrider-sample-/);
  await page.close();
  for (const name of ["outrider.json", "samples.push.json", "trust.json", "trust.json.asc"])
    expect(await readFile(join(folder, name), "utf8")).not.toBe("");
  const sample = workbench.page
    .url()
    .replace(/folder=[^&]*/, `folder=${encodeURIComponent(folder)}`);
  await forgetState(workbench);
  await workbench.page.goto(sample);
  await workbench.page.locator(".explorer-folders-view .monaco-list-row").first().waitFor();
  await expect
    .poll(() => workbench.evaluate((vscode) => vscode.workspace.workspaceFolders?.[0]?.uri.path))
    .toBe(folder);
  // A window that knows the folder's settings when it starts opens this by itself; over a network it may know them later.
  const contentOf = (name: string): Promise<string> => readFile(join(folder, name), "utf8");
  expect(JSON.parse(await contentOf(".vscode/settings.json"))).toEqual({
    "workbench.startupEditor": "readme",
  });
  expect(await contentOf("README.md")).toContain("A sample to try things with");
  await workbench.openFile("README.md");
  await workbench.screenshot("trying-out-sample");
  await workbench.evaluate((vscode) =>
    vscode.commands.executeCommand("workbench.action.closeAllEditors"),
  );
});

test("built by the walkthrough's button, with no file open", async () => {
  // Whoever begins has the walkthrough open: it ticks what is done from then on.
  await walkthrough.open();
  await workbench.runCommand("Outrider: Open Sample Workspace");
  await questions.asked("A temporary folder");
  await questions.leave();
  await walkthrough.press("Sign it", "Sign");
  await workbench.notification("No package has been built yet.").waitFor();
  await walkthrough.press("Build the package", "Build");
  await workbench.notification(/Built hello-outrider 1\.0\.0/).waitFor();
  await workbench.clearNotifications();
});

test("pushed before it is signed: nothing else is asked, and signing is offered", async () => {
  await walkthrough.press("Push", "Push");
  await questions.choose("hello-outrider-1.0.0");
  await questions.press(/There is no signature/, "Sign…");
  await questions.asked("Sign These Bytes…");
  await expect.poll(openTabs).toContain("hello-outrider-1.0.0 manifest.json");
});

test("signed with the local key, which is offered though nothing is remembered", async () => {
  await questions.choose("Sign These Bytes…");
  await questions.choose("Local key for trying out");
  await workbench.notification(/1 of 1 signed/).waitFor();
  await expect.poll(openTabs).not.toContain("hello-outrider-1.0.0 manifest.json");
  await workbench.screenshot("trying-out-signed");
  await workbench.clearNotifications();
});

test("pushed by the local server, which the push starts; all three agents install it", async () => {
  await workbench.openFile("samples.push.json");
  await workbench.runCommand("Outrider: Push…");
  await questions.choose("hello-outrider-1.0.0");
  await questions.choose("Start a local server");
  await questions.takeProposed(...orderQuestions);
  await questions.choose("Local key for trying out");
  await questions.answer(/Why\?/, "To see how it goes");
  await workbench.screenshot("trying-out-modal");
  await expect.poll(openTabs).toContain("Push preview.md");
  await questions.answerModal("Push");
  // It goes on saying that nothing was sent.
  await expect.poll(openTabs).not.toContain("Push preview.md");
  await dashboard.alone("hello-outrider 1.0.0");
  await dashboard.text(/finished 3 of 3 installed/).waitFor();
  await view.open();
  await view.row("Local server").waitFor();
  await view.row("finished, 100 %").waitFor();
  await workbench.screenshot("trying-out-finished");
});

test("whoever has done all that has every step of the walkthrough ticked", async () => {
  await walkthrough.open();
  await expect
    .poll(() => walkthrough.steps())
    .toEqual([
      "✓ Open a sample",
      "✓ Write the manifest",
      "✓ Build the package",
      "✓ Sign it",
      "✓ Start a server",
      "✓ Push",
      "✓ Watch it arrive",
    ]);
  await workbench.screenshot("walkthrough-done");
});

test("stopped: it is out of the view, and nobody listens", async () => {
  url = await workbench.evaluate(async (vscode) => {
    const server = await vscode.commands.executeCommand<{ url: string }>(
      "outrider.startLocalServer",
    );
    return server.url;
  });
  await view.act("Local server", "Stop the Local Server");
  await view.row("Local server").waitFor({ state: "detached" });
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  await expect(once(socket, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
});

test("no complaint in any log", async () => {
  expect(await workbench.complaints()).toEqual([]);
});

async function openTabs(): Promise<readonly string[]> {
  return workbench.evaluate((vscode) =>
    vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs.map(({ label }) => label)),
  );
}

/** As in another browser: what the window wrote down last may be gone when a folder is opened in its place. */
async function forgetState({ page, running }: Workbench): Promise<void> {
  await page.goto(`${running.url}healthz`);
  await page.evaluate(`(async () => {
    for (const { name } of await indexedDB.databases()) indexedDB.deleteDatabase(name);
    while ((await indexedDB.databases()).length > 0);
  })()`);
}
