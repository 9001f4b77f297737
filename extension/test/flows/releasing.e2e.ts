/**
 * The whole way in the editor, with everything real: a manifest is typed, built, signed by two people with gpg-agent's
 * keys, published by a task, previewed, pushed to `outrider serve`, installed by an agent, and seen finished.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Locator } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureFailures } from "../editor/failures.ts";
import { openVendorRoom, passphrase, type VendorRoom } from "../editor/vendor-room.ts";
import { Dashboard } from "../pages/dashboard.ts";
import { orderQuestions, Questions } from "../pages/questions.ts";
import { shownText } from "../pages/shown-document.ts";
import { Workbench } from "../pages/workbench.ts";

/** Shown as text everywhere (THREATS E2). */
const harbour = "Harbour <img src=x onerror=alert(1)>";

let room: VendorRoom;
let workbench: Workbench;
let questions: Questions;
let dashboard: Dashboard;

beforeAll(async () => {
  room = await openVendorRoom();
  workbench = await Workbench.open({
    workspace: room.workspace,
    environment: { GNUPGHOME: room.home.directory },
    settings: { "workbench.colorTheme": "Default Dark Modern" },
    machineSettings: {
      "outrider.servers": [{ name: harbour, url: room.url }],
      "outrider.program": room.program,
      "outrider.push.typeAbove": 0,
    },
  });
  questions = new Questions(workbench);
  dashboard = new Dashboard(workbench);
});

afterAll(async () => {
  await workbench.close();
  await room.close();
});

pictureFailures(() => workbench);

async function deployments(): Promise<readonly { readonly state: string }[]> {
  return (await (await fetch(new URL("deployments", room.url))).json()) as never;
}

async function fileText(path: string): Promise<string> {
  return readFile(join(workbench.running.workspace, path), "utf8");
}

/** The planner's picture on its page. */
function picture(): Locator {
  return workbench.page
    .frameLocator("iframe.webview.ready")
    .frameLocator("#active-frame")
    .locator("#preview svg");
}

/** Its letters have the colour of the theme's own, whichever the system prefers, and page and editor wear one theme. */
async function isPaintedAsThePage(): Promise<boolean> {
  const frame = await (await picture().elementHandle())?.ownerFrame();
  return (
    (await frame?.evaluate<boolean>(
      `getComputedStyle(document.querySelector("#preview svg .ink")).fill ===
        getComputedStyle(document.body).color`,
    )) === true
  );
}

async function runTask(name: string): Promise<number | undefined> {
  return workbench.evaluate(async (vscode, wanted) => {
    const task = (await vscode.tasks.fetchTasks()).find((found) => found.name === wanted);
    if (task === undefined) throw new Error(`there is no task ${wanted}`);
    return new Promise<number | undefined>((resolve, reject) => {
      const listening = vscode.tasks.onDidEndTaskProcess((end) => {
        if (end.execution.task.name !== wanted) return;
        listening.dispose();
        resolve(end.exitCode);
      });
      vscode.tasks.executeTask(task).then(undefined, reject);
    });
  }, name);
}

test("a manifest is written by typing", async () => {
  await workbench.openFile("outrider.json");
  const { keyboard } = workbench.page;
  await workbench.editor.suggest();
  await workbench.editor.accept("Package of one folder");
  await keyboard.type("press-control");
  await keyboard.press("Tab");
  await keyboard.type("3.0.0");
  await keyboard.press("Tab");
  await keyboard.type("payload/**");
  await keyboard.press("Escape");
  await keyboard.press("Escape");
  await keyboard.press("Control+s");
  await expect.poll(() => fileText("outrider.json")).toContain("payload/**");
  expect(JSON.parse(await fileText("outrider.json"))).toMatchObject({
    name: "press-control",
    version: "3.0.0",
    files: [{ from: "payload/**" }],
  });
});

test("built: how many files, how large", async () => {
  await workbench.runCommand("Outrider: Build");
  await workbench.notification(/Built press-control 3\.0\.0: 2 files, \d+ bytes packed/).waitFor();
  await workbench.screenshot("releasing-built");
});

test("signed: the bytes and their digest are shown, keys that have ended are not offered; one of two", async () => {
  await questions.press(/Built press-control/, "Sign…");
  const manifest = await readFile(
    join(workbench.running.workspace, "dist/press-control-3.0.0/manifest.json"),
  );
  const digest = createHash("sha256").update(manifest).digest("hex");
  await questions.asked(`${manifest.length} bytes, SHA-256`);
  await questions.asked(digest);
  expect(await shownText(workbench, "press-control-3.0.0 manifest.json", /press/)).toBe(
    manifest.toString(),
  );
  await workbench.screenshot("releasing-bytes");
  await questions.choose("Sign These Bytes…");
  await questions.choices.filter({ hasText: "Ada" }).first().waitFor();
  const keys = (await questions.choices.allInnerTexts()).join("\n");
  expect(keys).toContain("Bea <Bea@vendor.test>");
  expect(keys).not.toContain("Old");
  await workbench.screenshot("releasing-keys");
  await questions.choose("Ada");
  await workbench.notification(/1 of 2 signed \(Ada/).waitFor();
  await workbench.clearNotifications();
});

test("verified with one of two: refused, and why", async () => {
  await workbench.runCommand("Outrider: Verify");
  const text = await shownText(workbench, "verified.txt", /refused/);
  expect(text).toContain("THRESHOLD_NOT_MET");
  await workbench.screenshot("releasing-refused");
});

test("the second signature: the passphrase is asked for, handed over, and kept nowhere", async () => {
  await workbench.openFile("outrider.json");
  await workbench.runCommand("Outrider: Sign…");
  await questions.choose("Sign These Bytes…");
  await questions.choose("Bea");
  await questions.asked(/Passphrase of/);
  await workbench.screenshot("releasing-passphrase");
  await questions.answer(/Passphrase of/, passphrase);
  await workbench.notification(/2 of 2 signed/).waitFor();
  await workbench.page.locator(".codelens-decoration", { hasText: "Signed (2 of 2)" }).waitFor();
  await workbench.clearNotifications();
  await workbench.runCommand("Outrider: Verify");
  const text = await shownText(workbench, "verified.txt", /is good/);
  expect(text).toContain("2 files as signed");
  await workbench.screenshot("releasing-verified");
  const log = await workbench.running.serverLog();
  expect(log).not.toContain(passphrase);
});

test("tasks run the same command line: what it finds is a problem, what it publishes is there", async () => {
  expect(await runTask("look")).toBe(1);
  await workbench.problems.until((problems) =>
    problems.some(({ code, file }) => file === "wrong.txt" && code === "DOCUMENT_INVALID"),
  );
  await workbench.evaluate((vscode) =>
    vscode.commands.executeCommand("workbench.actions.view.problems"),
  );
  await workbench.problems.rows.filter({ hasText: "DOCUMENT_INVALID" }).first().waitFor();
  await workbench.screenshot("releasing-task-problem");
  await workbench.evaluate((vscode) =>
    vscode.commands.executeCommand("workbench.action.closePanel"),
  );
  expect(await runTask("publish")).toBe(0);
});

test("a dry run shows all of it and sends nothing", async () => {
  await workbench.openFile("ships.push.json");
  await workbench.runCommand("Outrider: Try a Push without Sending");
  await questions.choose("press-control-3.0.0");
  await questions.takeProposed(...orderQuestions);
  const text = await shownText(workbench, "Push preview.md", /press-control 3\.0\.0/);
  expect(text).toContain(harbour);
  expect(text).toMatch(/\| unc +\| 1 +\|/);
  await picture().waitFor();
  await expect.poll(isPaintedAsThePage).toBe(true);
  await workbench.screenshot("releasing-preview-dark");
  for (const frame of workbench.page.frames())
    expect(await frame.locator('img[src="x"]').count()).toBe(0);
  await workbench.wear("Default Light Modern");
  await expect.poll(isPaintedAsThePage).toBe(true);
  await workbench.screenshot("releasing-preview-light");
  await workbench.wear("Default Dark Modern");
  await questions.choose("Ada");
  await workbench.notification(/Nothing was sent/).waitFor();
  await workbench.clearNotifications();
  expect(await deployments()).toEqual([]);
});

test("cancelling while the order is signed sends nothing, and says so", async () => {
  await startPush("ships.push.json", "Bea");
  await questions.answerModal("Push");
  await questions.asked(/Passphrase of/);
  await questions.press("cancelling sends nothing", "Cancel");
  await workbench.notification("Cancelled: nothing of press-control 3.0.0 was sent.").waitFor();
  await workbench.quickInput.waitFor({ state: "hidden" });
  await workbench.screenshot("releasing-cancelled");
  await workbench.clearNotifications();
  expect(await deployments()).toEqual([]);
});

test("cancelling at the last question sends nothing", async () => {
  await startPush();
  await questions.modal.waitFor();
  await workbench.screenshot("releasing-modal");
  const text = await questions.leaveModal();
  for (const named of ["press-control 3.0.0", "1 machine?", harbour, "Ada"])
    expect(text).toContain(named);
  expect(await deployments()).toEqual([]);
});

test("pushed, installed by the agent, seen finished on the dashboard", async () => {
  await startPush();
  await questions.answerModal("Push");
  await dashboard.alone("press-control 3.0.0");
  await room.agent.says(/finished +name=press-control version=3\.0\.0 outcome=installed/);
  await dashboard.text(/finished 1 of 1 installed/).waitFor();
  await workbench.screenshot("releasing-finished");
  const current = "ship-1/installed/press-control/current";
  expect(await room.workshop.read(`${current}/payload/app.txt`)).toBe("press-control 3.0.0\n");
});

test("paused, resumed and recalled from the dashboard, each signed with gpg's key", async () => {
  await startPush("docks.push.json");
  await questions.answerModal("Push");
  await dashboard.alone("press-control 3.0.0");
  await dashboard.text(/running 0 of 1 installed/).waitFor();
  await order("Pause", "The docks are closed", "Ada");
  await dashboard.text(/paused 0 of 1 installed/).waitFor();
  await order("Resume", "The docks are open", "Ada");
  await dashboard.text(/running 0 of 1 installed/).waitFor();
  await order("Recall", "It was the wrong one", "Ada");
  await dashboard.text(/recalled 0 of 1 installed/).waitFor();
  expect(await dashboard.button("Recall").count()).toBe(0);
  await workbench.screenshot("releasing-recalled");
});

async function order(button: string, why: string, key: string): Promise<void> {
  await dashboard.button(button).click();
  await questions.answer(/Why\?/, why);
  await questions.choose(key);
}

/** From the command to the modal. */
async function startPush(file = "ships.push.json", key = "Ada"): Promise<void> {
  await workbench.openFile(file);
  await workbench.runCommand("Outrider: Push…");
  await questions.choose("press-control-3.0.0");
  await questions.takeProposed(...orderQuestions);
  await questions.choose(key);
  await questions.answer(/Why\?/, "The presses wait for it");
  await questions.asked(/Type the version, 3\.0\.0/);
  await questions.answer(/Type the version/, "3.0.0");
}

test("no complaint in any log", async () => {
  expect(await workbench.complaints()).toEqual([]);
});
