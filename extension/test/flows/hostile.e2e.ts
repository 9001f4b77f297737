/** A workspace that nobody trusts, and a server that lies in every text: neither gets anything done in the editor. */
import { access, chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { pictureFailures } from "../editor/failures.ts";
import {
  hostileText,
  startHostileServer,
  startTrap,
  type HostileServer,
} from "../editor/hostile-server.ts";
import { Dashboard } from "../pages/dashboard.ts";
import { DeploymentsView } from "../pages/deployments-view.ts";
import { Questions } from "../pages/questions.ts";
import { Workbench } from "../pages/workbench.ts";

let folder: string;
let mark: string;
let trap: HostileServer;
let liar: HostileServer;
let workbench: Workbench;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-hostile-"));
  mark = join(folder, "it-ran");
  trap = await startTrap();
  liar = await startHostileServer();
  await writeWorkspace(join(folder, "workspace"));
  workbench = await Workbench.open({
    workspace: join(folder, "workspace"),
    restricted: true,
    settings: { "security.workspace.trust.startupPrompt": "never" },
    machineSettings: { "outrider.servers": [{ name: hostileText, url: liar.url }] },
  });
});

afterAll(async () => {
  await workbench.close();
  await trap[Symbol.asyncDispose]();
  await liar[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

pictureFailures(() => workbench);

/** Settings that point at the trap and at a program, a task that runs on opening, files that could be pushed. */
async function writeWorkspace(workspace: string): Promise<void> {
  const program = join(folder, "program");
  await mkdir(join(workspace, ".vscode"), { recursive: true });
  const write = (name: string, value: object): Promise<void> =>
    writeFile(join(workspace, name), JSON.stringify(value));
  await write(".vscode/settings.json", {
    "outrider.servers": [{ name: "Harbour", url: trap.url }],
    "outrider.program": program,
    "outrider.push.typeAbove": 1_000_000,
    "security.workspace.trust.enabled": false,
  });
  await write(".vscode/tasks.json", {
    version: "2.0.0",
    tasks: [
      {
        type: "outrider",
        label: "evil",
        args: ["publish"],
        runOptions: { runOn: "folderOpen" },
        problemMatcher: [],
      },
    ],
  });
  await write("outrider.json", {
    $schema: `${trap.url}schema.json`,
    name: "evil",
    version: "1.0.0",
    files: [{ from: "**" }],
    install: { strategy: "directory" },
  });
  await write("all.push.json", { package: "evil", audience: { groups: ["all"] } });
  await writeFile(program, `#!/bin/sh\ntouch "${mark}"\n`);
  await chmod(program, 0o755);
}

test("E1: settings of the workspace have no effect, and its commands are disabled", async () => {
  await workbench.openFile("all.push.json");
  await workbench.openFile("outrider.json");
  const seen = await workbench.evaluate((vscode) => {
    const settings = vscode.workspace.getConfiguration("outrider");
    return {
      isTrusted: vscode.workspace.isTrusted,
      servers: settings.get<readonly { url: string }[]>("servers")?.map(({ url }) => url),
      program: settings.get<string>("program"),
      typeAbove: settings.get<number>("push.typeAbove"),
    };
  });
  expect(seen).toEqual({
    isTrusted: false,
    servers: [liar.url],
    program: "outrider",
    typeAbove: 100,
  });
  await workbench.page.keyboard.press("F1");
  await workbench.quickInput.locator("input.input").fill(">Outrider: ");
  await workbench.quickInput.locator(".monaco-list-row", { hasText: "Validate" }).first().waitFor();
  const offered = (await workbench.quickInput.locator(".monaco-list-row").allInnerTexts()).join();
  for (const title of ["Outrider: Build", "Outrider: Sign", "Outrider: Push"])
    expect(offered).not.toContain(title);
  await workbench.screenshot("hostile-commands");
  await new Questions(workbench).leave();
});

test("E1: a command that is run all the same does nothing, and nobody was asked", async () => {
  for (const command of ["push", "pushDryRun", "build", "sign", "verify"]) {
    await workbench.evaluate(
      (vscode, name) => vscode.commands.executeCommand(`outrider.${name}`),
      command,
    );
    if (command === "push")
      await workbench.notification("This workspace is not trusted").first().waitFor();
  }
  await workbench.clearNotifications();
  expect(trap.asked).toEqual([]);
  await expect(access(mark)).rejects.toMatchObject({ code: "ENOENT" });
});

test("E2: a server that lies in every text is shown as text, in the view and on the dashboard", async () => {
  const view = new DeploymentsView(workbench);
  const dashboard = new Dashboard(workbench);
  await view.open();
  const row = view.row("running, 0 %");
  await row.waitFor();
  expect(await row.innerText()).toContain("<img src=x onerror=");
  await row.click();
  await dashboard.heading(`${hostileText} ${hostileText}`).waitFor();
  await dashboard.table("Latest receipts").or(dashboard.text("Latest receipts")).first().waitFor();
  await workbench.screenshot("hostile-dashboard");
  for (const frame of workbench.page.frames()) {
    expect(await frame.evaluate("globalThis.owned === undefined")).toBe(true);
    expect(await frame.locator('img[src="x"], a[href^="command:outrider"]').count()).toBe(0);
  }
  expect(trap.asked).toEqual([]);
});

test("no complaint in any log", async () => {
  expect(await workbench.complaints()).toEqual([]);
});
