/** Ordering a push: every part of it asked with a way back, keys that are locked, cancelling, lenses and marks after it. */
import { execFileSync } from "node:child_process";
import { dirname } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureFailures } from "../editor/failures.ts";
import { lockedBy, openOrderRoom, type OrderRoom } from "../editor/order-room.ts";
import { Dashboard } from "../pages/dashboard.ts";
import { orderQuestions, Questions } from "../pages/questions.ts";
import { shownText } from "../pages/shown-document.ts";
import { Workbench } from "../pages/workbench.ts";

const [whom, transports, when, waves, rest] = orderQuestions;

let room: OrderRoom;
let workbench: Workbench;
let questions: Questions;
let dashboard: Dashboard;

beforeAll(async () => {
  room = await openOrderRoom();
  workbench = await Workbench.open({
    workspace: room.workspace,
    settings: { "workbench.colorTheme": "Default Dark Modern" },
    machineSettings: { "outrider.servers": [{ name: "Harbour", url: room.line.url }] },
  });
  questions = new Questions(workbench);
  dashboard = new Dashboard(workbench);
});

afterAll(async () => {
  await workbench.close();
  await room.close();
});

pictureFailures(() => workbench);

interface Shown {
  readonly state: string;
  readonly deployment: Readonly<Record<string, unknown>>;
}

/** The newest first. */
async function deployments(): Promise<readonly Shown[]> {
  return (await (await fetch(new URL("deployments", room.line.url))).json()) as never;
}

/** From the command to the first question about the order. */
async function startOrder(file: string): Promise<void> {
  await workbench.openFile(file);
  await workbench.runCommand("Outrider: Push…");
  await questions.choose("press-control-3.0.0");
  await questions.list(whom).waitFor();
}

/** A key by the path of its file, typed as one types it. */
async function openKeyFile(path: string): Promise<void> {
  await questions.choose("Another key file");
  const input = workbench.quickInput.locator("input.input");
  const button = workbench.quickInput.getByText("Sign with This Key");
  await button.waitFor();
  // While the dialog lists a folder it writes the folder's path over what is typed, and hears no button.
  const isOpen = async (): Promise<boolean> => {
    if (await button.isHidden()) return false;
    if ((await input.inputValue()) !== path) await input.fill(path);
    else await button.click({ timeout: 2000 }).catch(() => undefined);
    return button.isVisible();
  };
  await expect.poll(isOpen, { interval: 1000 }).toBe(false);
}

test("Enter five times orders what the push file says", async () => {
  await startOrder("night.push.json");
  await workbench.screenshot("ordering-whom");
  await questions.takeProposed(whom, transports);
  await questions.list(when).waitFor();
  await questions.choices.first().filter({ hasText: "As the push file says" }).waitFor();
  await workbench.screenshot("ordering-when");
  await questions.takeProposed(when, waves, rest);
  const text = await shownText(workbench, "Push preview.md", /press-control 3\.0\.0/);
  expect(text).toContain("When: inside a window: Sat, Sun 22:00–04:00 Europe/Berlin");
  expect(text).toContain("Waves: 50 %, 100 %");
  await openKeyFile(room.adaKey);
  await questions.answer(/Why\?/, "As agreed");
  const modal = await questions.leaveModal();
  for (const named of ["press-control 3.0.0", "1 machine?", "To: ships", "Harbour, by unc", "ada"])
    expect(modal).toContain(named);
  expect(modal).not.toContain("Otherwise");
  expect(await deployments()).toEqual([]);
});

test("every part of it otherwise, with a way back; preview and modal say so", async () => {
  await startOrder("night.push.json");
  await questions.tick("docks");
  await questions.takeProposed(whom);
  await questions.list(transports).waitFor();
  await questions.choices.filter({ hasText: "1 of 2 machines have it" }).waitFor();
  await workbench.screenshot("ordering-transports");
  await questions.tick("http");
  await questions.takeProposed(transports);
  await questions.choose("At a time");
  await questions.asked(/Nothing is sent before/);
  await questions.back();
  await questions.list(when).waitFor();
  await questions.back();
  await questions.list(transports).waitFor();
  await questions.choices.first().waitFor();
  const ticked = questions.choices.filter({ has: workbench.page.locator("[aria-checked=true]") });
  await expect.poll(() => ticked.count()).toBe(1);
  await questions.takeProposed(transports);
  await questions.choose("Inside a window");
  await questions.asked(/Sending waits for it/);
  await workbench.page.keyboard.press("ControlOrMeta+A");
  await workbench.page.keyboard.type("noon");
  await workbench.quickInput.getByText("is no window").waitFor();
  await workbench.screenshot("ordering-window");
  await workbench.page.keyboard.press("ControlOrMeta+A");
  await workbench.page.keyboard.type("mon-fri 01:00-02:00 UTC");
  await questions.asked(/Sending waits for it/);
  await workbench.page.keyboard.press("Enter");
  await questions.choose("Shares and groups");
  await questions.answer(/Cumulative shares/, "docks 100%");
  await questions.choose("Good for");
  await questions.choose("24 hours");
  await questions.list(rest).waitFor();
  await questions.choices.filter({ hasText: "24 hours" }).waitFor();
  await workbench.screenshot("ordering-rest");
  await questions.takeProposed(rest);
  const text = await shownText(workbench, "Push preview.md", /to 2 machines/);
  expect(text).toContain("When: inside a window: Mon, Tue, Wed, Thu, Fri 01:00–02:00 UTC");
  expect(text).toContain("Waves: docks, 100 %");
  expect(text).toMatch(/\| docks +\| unc +\| 1 +\|/);
  await questions.choose("ada.secret.asc");
  await questions.answer(/Why\?/, "Otherwise");
  await questions.modal.waitFor();
  await workbench.screenshot("ordering-modal");
  expect(await questions.leaveModal()).toContain(
    "Otherwise than in night.push.json: to whom, by which transports, when, in which waves, how long it is good.",
  );
});

test("at a time: the server has it and waits", async () => {
  await startOrder("ships.push.json");
  await questions.takeProposed(whom, transports);
  await questions.choose("At a time");
  await questions.answer(/Nothing is sent before/, "2099-12-24 21:00");
  await questions.takeProposed(waves, rest);
  await questions.choose("ada.secret.asc");
  await questions.answer(/Why\?/, "For the holidays");
  await questions.modal.waitFor();
  expect(await questions.modal.innerText()).toContain("When: not before 2099-12-24 21:00");
  await questions.answerModal("Push");
  await dashboard.alone("press-control 3.0.0");
  const [waiting] = await deployments();
  expect(waiting?.deployment).toMatchObject({
    notBefore: new Date(2099, 11, 24, 21).toISOString(),
    audience: { groups: ["ships"] },
  });
  await dashboard.text(/Nothing is sent before 12\/24\/2099, 9:00:00\sPM\./).waitFor();
  await dashboard
    .table("Waves")
    .getByText(/waits until 12\/24\/2099/)
    .waitFor();
  await workbench.screenshot("ordering-waits");
});

test("a locked key: a wrong passphrase is said, the right one remembered where somebody says so, forgotten by a command", async () => {
  await startOrder("ships.push.json");
  await questions.takeProposed(...orderQuestions);
  await openKeyFile(room.beaKey);
  await questions.answer(/Passphrase of bea\. It is used once and kept nowhere\./, "wrong one");
  await workbench.quickInput.getByText("That passphrase does not open it.").waitFor();
  await workbench.screenshot("ordering-passphrase-wrong");
  await workbench.quickInput
    .locator('.action-label[aria-label^="Remember on This Machine"]')
    .click();
  await questions.asked(/It will be remembered in this editor's secret storage/);
  await workbench.screenshot("ordering-passphrase-remember");
  await questions.answer(/Passphrase of bea/, lockedBy);
  await questions.answer(/Why\?/, "First");
  expect(await questions.leaveModal()).toContain("Key: bea");

  await startOrder("ships.push.json");
  await questions.takeProposed(...orderQuestions);
  await questions.choose("bea.secret.asc");
  await questions.answer(/Why\?/, "Not asked again");
  expect(await questions.leaveModal()).toContain("Key: bea");

  await workbench.runCommand("Outrider: Forget Passphrases");
  await questions.list("Which shall be forgotten?").waitFor();
  await workbench.screenshot("ordering-forget");
  await questions.takeProposed("Which shall be forgotten?");
  await workbench.notification("The passphrase of bea is forgotten.").waitFor();
  await workbench.clearNotifications();
  await startOrder("ships.push.json");
  await questions.takeProposed(...orderQuestions);
  await questions.choose("bea.secret.asc");
  await questions.asked(/Passphrase of bea/);
  await questions.leave();
});

test("no passphrase lies in a setting, a state or a log", () => {
  const everything = dirname(workbench.running.workspace);
  const found = (text: string): string => {
    try {
      return execFileSync("grep", ["-rlaF", text, everything], { encoding: "utf8" });
    } catch (error) {
      if ((error as { status?: unknown }).status === 1) return "";
      throw error;
    }
  };
  expect(found("press-control")).not.toBe("");
  expect(found(lockedBy)).toBe("");
  expect(found(Buffer.from(lockedBy).toString("base64"))).toBe("");
});

test("cancelled when the server has it already: that is said, and halting offered", async () => {
  await startOrder("sea.push.json");
  await questions.takeProposed(...orderQuestions);
  await questions.choose("ada.secret.asc");
  await questions.answer(/Why\?/, "Too soon");
  room.line.hold();
  await questions.answerModal("Push");
  await room.line.holding();
  const sending = "from now on it can only be halted";
  await questions.press(sending, "Cancel");
  await workbench.status("Cancelled, but Harbour may have the order already").waitFor();
  room.line.release();
  const said =
    "Harbour had taken the order before you cancelled: the push of press-control 3.0.0 runs.";
  await workbench.notification(said).waitFor();
  await workbench.screenshot("ordering-too-late");
  await questions.press(said, "Halt…");
  await questions.answer(/Why\?/, "It was too soon");
  await questions.choose("ada.secret.asc");
  await expect.poll(async () => (await deployments())[0]?.state).toBe("halted");
});

test("lens and mark follow what was pushed, in dark and light", async () => {
  await startOrder("ships.push.json");
  await questions.takeProposed(...orderQuestions);
  await questions.choose("ada.secret.asc");
  await questions.answer(/Why\?/, "Now it is time");
  await questions.answerModal("Push");
  await dashboard.alone("press-control 3.0.0");
  await workbench.openFile("outrider.json");
  await workbench.page
    .locator(".editor-instance .codelens-decoration a", { hasText: "last push: 100 % installed" })
    .waitFor();
  await workbench.evaluate((vscode) =>
    vscode.commands.executeCommand("workbench.files.action.collapseExplorerFolders"),
  );
  await workbench.page
    .locator(".explorer-folders-view .monaco-list-row", { hasText: "dist" })
    .click();
  const badges = () =>
    workbench.page.evaluate<string[]>(
      `[...document.querySelectorAll(".explorer-folders-view .monaco-icon-label")].map((label) => getComputedStyle(label, "::after").content)`,
    );
  await expect.poll(badges).toContain('"P"');
  await workbench.clearNotifications();
  await workbench.screenshot("ordering-lens-dark");
  await workbench.wear("Default Light Modern");
  await workbench.screenshot("ordering-lens-light");
  await workbench.wear("Default Dark Modern");
});

test("pushed again to whom it did not reach: the second deployment arrives", async () => {
  await startOrder("docks.push.json");
  await questions.takeProposed(...orderQuestions);
  await questions.choose("ada.secret.asc");
  await questions.answer(/Why\?/, "To those at sea");
  await questions.answerModal("Push");
  await dashboard.alone("press-control 3.0.0");
  await dashboard.button("NO_ANSWER").click();
  await questions.choices.filter({ hasText: "ship-2" }).waitFor();
  await workbench.screenshot("ordering-again");
  await questions.takeProposed("To which of those");
  await questions.choose("ada.secret.asc");
  await questions.answer(/Why\?/, "They are back");
  await questions.answerModal("Push");
  await expect
    .poll(async () => (await deployments())[0]?.deployment["audience"])
    .toEqual({ agents: ["ship-2"] });
  await dashboard.alone("press-control 3.0.0");
  await room.startSecondShip();
  await dashboard.text(/finished 1 of 1 installed/).waitFor();
  // The first order may have brought it, a moment before: then nothing was obtained for this one.
  const receipts = await dashboard.table("Latest receipts").innerText();
  expect(receipts).toMatch(/had it already|unc\s+unc\s+[\d,]+/);
  await workbench.screenshot("ordering-arrived");
  const current = "ship-2/installed/press-control/current";
  expect(await room.workshop.read(`${current}/app.txt`)).toBe("press-control 3.0.0\n");
});

test("no complaint in any log", async () => {
  expect(await workbench.complaints()).toEqual([]);
});
