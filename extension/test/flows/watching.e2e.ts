/** Watching a real server: the tree, the dashboard as things happen, in three themes, over a restart of the server. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../../../sdk/test/servers/free-ports.ts";
import { Vendor } from "../../../sdk/test/support/vendor.ts";
import { axeFaults } from "../editor/axe.ts";
import { pictureFailures } from "../editor/failures.ts";
import { Dashboard } from "../pages/dashboard.ts";
import { DeploymentsView } from "../pages/deployments-view.ts";
import { Questions } from "../pages/questions.ts";
import { Workbench } from "../pages/workbench.ts";

const agents = Array.from({ length: 8 }, (_, index) => `till-${index + 1}`);

let vendor: Vendor;
let workbench: Workbench;
let view: DeploymentsView;
let dashboard: Dashboard;
let deployment: string;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  vendor = await Vendor.open({ listen: { port } });
  const { url } = await vendor.server.start();
  await vendor.enrol(
    agents.map((id, index) => ({
      id,
      ...(index < 2 ? { addresses: { unc: true } } : {}),
    })),
  );
  const hosted = await vendor.publish("till-app", "2.0.0");
  const trigger = await vendor.trigger(hosted, {
    rollout: {
      waves: [
        { name: "canary", share: 25, successThreshold: 50, errorThreshold: 60 },
        { name: "everyone", share: 100, errorThreshold: 60 },
      ],
    },
  });
  const verdict = await vendor.server.submit(trigger, "http");
  deployment = verdict.outcome === "accepted" ? verdict.deployment : "";
  workbench = await Workbench.open({
    workspace: "authoring",
    machineSettings: { "outrider.servers": [{ name: "Shops", url }] },
  });
  view = new DeploymentsView(workbench);
  dashboard = new Dashboard(workbench);
});

afterAll(async () => {
  await workbench.close();
  await vendor.close();
});

pictureFailures(() => workbench);

async function report(agent: string, outcome: "installed" | "failed", more = {}): Promise<void> {
  await vendor.server.receive(
    await vendor.receipt(agent, deployment, outcome, { transport: "email", ...more }),
    "http",
  );
}

/** Those of the canary wave, which only the server's order tells. */
async function canaries(): Promise<string[]> {
  const rows = await vendor.store.deployments.ledger(deployment);
  return rows.filter(({ wave }) => wave === 0).map(({ agent }) => agent);
}

test("the tree shows the server, its deployment, waves and agents", async () => {
  await view.open();
  await view.row("till-app 2.0.0").waitFor();
  await view.expand("till-app 2.0.0");
  await view.expand("canary");
  const [first = ""] = await canaries();
  await view.row(first).waitFor();
  expect(await view.row("Shops").innerText()).toContain("Shops");
  expect(await view.row("till-app 2.0.0").innerText()).toContain("running, 0 %");
  await workbench.screenshot("watching-tree");
});

test("the dashboard follows what happens", async () => {
  await view.row("till-app 2.0.0").click();
  await dashboard.heading("till-app 2.0.0").waitFor();
  for (const agent of await canaries())
    await report(agent, "installed", { obtainer: "http", bytes: 26_771, durationMs: 53 });
  await dashboard.text("2 of 8 installed").waitFor();
  await expect.poll(() => dashboard.table("Latest receipts").innerText()).toContain("26,771");
  const first = await canaries();
  const others = agents.filter((agent) => !first.includes(agent));
  await expect
    .poll(async () => (await vendor.store.deployments.progress(deployment))?.waves[1]?.counts.sent)
    .toBe(6);
  const [one = "", two = ""] = others;
  await report(one, "failed", { code: "HEALTH_FAILED", step: "healthy" });
  await report(two, "installed");
  await dashboard.table("What went wrong").getByText("HEALTH_FAILED").waitFor();
  await dashboard.text("3 of 8 installed").waitFor();
  await expect
    .poll(() => workbench.page.locator(".statusbar-item", { hasText: "till-app 2.0.0" }).count())
    .toBe(1);
});

test.each([
  ["dark", "Default Dark Modern"],
  ["light", "Default Light Modern"],
  ["high-contrast", "Default High Contrast"],
] as const)("readable and axe-clean: %s", async (name, theme) => {
  await workbench.paint(theme);
  await dashboard.dressed(name);
  expect(await dashboard.faults()).toEqual([]);
  await workbench.screenshot(`dashboard-${name}`);
  if (name === "dark") await workbench.picture("readme-dashboard");
});

test("no two parts of a bar are told apart by colour alone: each has a pattern, and its word below", async () => {
  const patterns = await dashboard.patterns();
  expect(patterns.length).toBeGreaterThan(2);
  expect(new Set(patterns).size).toBe(patterns.length);
  await dashboard.text("failed: 1").waitFor();
  const events = await dashboard.table("What happened").innerText();
  expect(events).toContain("wave canary finished");
  expect(events).not.toContain("waveFinished");
});

test("what came to the server, one wave alone, and whom a failure met", async () => {
  await dashboard.table("Audit log").getByText("receipt").first().waitFor();
  expect(await dashboard.table("Audit log").innerText()).toContain("trigger");
  await dashboard.button("canary").click();
  await dashboard.text("Only of wave: canary").waitFor();
  await dashboard.text("Nothing went wrong so far.").waitFor();
  await workbench.screenshot("dashboard-one-wave");
  await dashboard.button("canary").click();
  await dashboard.button("HEALTH_FAILED").click();
  const questions = new Questions(workbench);
  await questions.choices.filter({ hasText: "HEALTH_FAILED" }).waitFor();
  await expect.poll(() => questions.choices.count()).toBe(1);
  await workbench.screenshot("push-again");
  await questions.leave();
});

test("operable by the keyboard alone", async () => {
  await dashboard.button("Pause").focus();
  await workbench.page.keyboard.press("Enter");
  await workbench.quickInput.getByText("Why? Everybody who watches will read it.").waitFor();
  await workbench.screenshot("pause-why");
  await new Questions(workbench).leave();
});

/** Presses a button of the dashboard and takes the name that is proposed. @returns where it was written */
async function exported(format: "CSV" | "HTML"): Promise<string> {
  const file = `till-app-2.0.0.${format.toLowerCase()}`;
  await dashboard.button(`Export as ${format}`).click();
  await workbench.quickInput.locator("input").waitFor();
  await workbench.screenshot(`export-${format.toLowerCase()}`);
  await new Questions(workbench).takeName();
  await workbench.notification(`Written to ${file}.`).waitFor();
  await workbench.clearNotifications();
  return join(workbench.running.workspace, file);
}

test("export as CSV: every agent and every audit entry, asked where", async () => {
  const csv = (await readFile(await exported("CSV"), "utf8")).split("\r\n");
  expect(csv.filter((line) => line.startsWith("agent,till-"))).toHaveLength(8);
  expect(csv.filter((line) => /^audit,.*,receipt,http,accepted,/.test(line))).toHaveLength(4);
});

test("export as HTML: a page of its own that a browser shows, clean by axe, with the audit entries", async () => {
  const path = await exported("HTML");
  const page = await (workbench.page.context().browser() ?? expect.fail("no browser")).newPage();
  await page.goto(pathToFileURL(path).href);
  await page.getByRole("heading", { level: 1, name: "till-app 2.0.0" }).waitFor();
  const rows = page.getByRole("row");
  expect(await rows.filter({ hasText: "till-" }).count()).toBe(8);
  expect(await rows.filter({ hasText: "receipt" }).filter({ hasText: "accepted" }).count()).toBe(4);
  expect(await axeFaults(page.mainFrame())).toEqual([]);
  await page.setViewportSize({ width: 1000, height: 800 });
  await page.screenshot({ path: join(import.meta.dirname, "../screenshots/export-page.png") });
  await page.close();
});

test("keeps what it has while the server is away, and goes on when it is back", async () => {
  await vendor.server.close();
  await dashboard.text("The server does not answer").waitFor();
  await dashboard.text("3 of 8 installed").waitFor();
  await view.row("offline").waitFor();
  await workbench.screenshot("dashboard-offline");
  await vendor.restart();
  await vendor.server.start();
  await dashboard.text("The server does not answer").waitFor({ state: "detached" });
  const rows = await vendor.store.deployments.ledger(deployment);
  const silent = rows.find(({ state }) => state === "sent")?.agent ?? "";
  await report(silent, "installed");
  await dashboard.text("4 of 8 installed").waitFor();
});

test("comes back at the same place when the window is loaded again", async () => {
  await dashboard.button("everyone").click();
  await dashboard.text("Only of wave: everyone").waitFor();
  await dashboard.scrollTo("Audit log");
  await expect.poll(() => dashboard.place()).toBeGreaterThan(100);
  const place = await dashboard.place();
  await workbench.reload();
  await dashboard.text("Only of wave: everyone").waitFor();
  await expect.poll(() => dashboard.place()).toBe(place);
});

test("no complaint in any log", async () => {
  expect(await workbench.complaints()).toEqual([]);
});
