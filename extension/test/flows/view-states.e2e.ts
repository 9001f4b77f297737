/**
 * In German: what the view says where there is nothing to show (no server, a server that is away, one without
 * deployments), a dashboard, a verified and a refused package, the preview of a push and its picture.
 */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freePorts } from "../../../sdk/test/servers/free-ports.ts";
import { Vendor } from "../../../sdk/test/support/vendor.ts";
import { pictureFailures } from "../editor/failures.ts";
import { Dashboard } from "../pages/dashboard.ts";
import { DeploymentsView } from "../pages/deployments-view.ts";
import { Questions } from "../pages/questions.ts";
import { shownText } from "../pages/shown-document.ts";
import { Workbench } from "../pages/workbench.ts";

let vendor: Vendor;
let workbench: Workbench;
let view: DeploymentsView;
let url: string;

beforeAll(async () => {
  const [port = 0] = await freePorts(1);
  vendor = await Vendor.open({ listen: { port } }, new Date());
  url = `http://127.0.0.1:${port}/`;
  await vendor.enrol([{ id: "kasse-1" }, { id: "kasse-2" }]);
  workbench = await Workbench.open({ workspace: "authoring", language: "de" });
  view = new DeploymentsView(workbench);
});

afterAll(async () => {
  await workbench.close();
  await vendor.close();
});

pictureFailures(() => workbench);

test("no server: one can be added", async () => {
  await view.show();
  await view.welcome("Server hinzufügen").waitFor();
  await workbench.screenshot("view-no-server");
});

test("a server that does not answer: why, and try again", async () => {
  await workbench.evaluate(
    (vscode, address) =>
      vscode.workspace
        .getConfiguration("outrider")
        .update("servers", [{ name: "Läden", url: address }], vscode.ConfigurationTarget.Global),
    url,
  );
  await view.row("nicht erreichbar").waitFor();
  await view.row("Noch einmal versuchen").waitFor();
  await view.row("Der Server antwortet nicht.").waitFor();
  await workbench.screenshot("view-offline");
  await vendor.server.start();
  await view.row("Noch einmal versuchen").click();
  await view.row("Noch einmal versuchen").waitFor({ state: "detached" });
});

test("nothing was pushed yet: a package can be", async () => {
  await view.row("Ein Paket verteilen…").waitFor();
  await workbench.screenshot("view-nothing-pushed");
  await view.row("Ein Paket verteilen…").click();
  await workbench.notification("Noch ist kein Paket gebaut").waitFor();
  await workbench.clearNotifications();
});

test("a dashboard in German", async () => {
  const hosted = await vendor.publish("kassen-app", "2.0.0");
  const verdict = await vendor.server.submit(await vendor.trigger(hosted), "http");
  const deployment = verdict.outcome === "accepted" ? verdict.deployment : "";
  await view.row("kassen-app 2.0.0").click();
  const dashboard = new Dashboard(workbench);
  await dashboard.heading("kassen-app 2.0.0").waitFor();
  await expect
    .poll(async () => (await vendor.store.deployments.progress(deployment))?.waves[0]?.counts.sent)
    .toBe(2);
  await vendor.server.receive(
    await vendor.receipt("kasse-1", deployment, "failed", { code: "HEALTH_FAILED" }),
    "http",
  );
  await dashboard.table("Prüfprotokoll").getByText("Quittung").waitFor();
  await dashboard.button("Erneut verteilen…").waitFor();
  await dashboard.table("Was geschah").getByText("Welle all beginnt").waitFor();
  const why = "Welle all: 1 fehlgeschlagen und 0 ohne Antwort, von 2: mehr als 0 %";
  await dashboard.table("Was geschah").getByText(why).waitFor();
  await workbench.screenshot("dashboard-german");
});

test("a verified package: what each check says", async () => {
  await putPackage("kassen-app", "2.1.0");
  await verifyBuilt("kassen-app-2.1.0");
  const text = await shownText(workbench, "kassen-app-2.1.0 verifiziert.txt", /Form/);
  for (const said of [
    "kassen-app-2.1.0 ist gut.",
    /Fassung 1 des Vertrauensdokuments gilt bis /,
    /Die Rolle „Freigabe von kassen-app“ verlangt 1 ihrer Personen; signiert hat: /,
    /Freigegeben am /,
    "1 Datei, nach Größe und Prüfsumme wie signiert, und sonst nichts.",
  ])
    expect(text.replaceAll(/\s+/g, " ")).toMatch(said);
  await workbench.screenshot("german-verified");
});

test("a refused one: why", async () => {
  const manifest = join(workbench.running.workspace, "dist/kassen-app-2.1.0/manifest.json");
  await writeFile(manifest, "{}\n");
  await verifyBuilt("kassen-app-2.1.0");
  const text = await shownText(workbench, "kassen-app-2.1.0 verifiziert.txt", /abgelehnt/);
  expect(text.replaceAll(/\s+/g, " ")).toMatch(
    /Die Signatur von .* passt nicht zum Inhalt\. Besorgen Sie eine unveränderte Kopie\. \(SIGNATURE_INVALID\)/,
  );
  await workbench.screenshot("german-refused");
});

test("the preview of a push and its picture", async () => {
  await putPackage("kassen-app", "2.2.0");
  const questions = new Questions(workbench);
  await workbench.evaluate((vscode) =>
    vscode.commands.executeCommand("workbench.action.closeAllEditors"),
  );
  await workbench.runCommand("Outrider: Verteilen proben, ohne zu senden");
  await questions.choose("kassen-app-2.2.0");
  await questions.choose("Ohne Push-Datei…");
  await questions.list("An wen?").waitFor();
  await questions.tick("tills");
  await questions.takeProposed(
    "An wen?",
    "Über welche Transportwege?",
    "Wann?",
    "In welchen Wellen?",
    "Noch etwas?",
  );
  const words = workbench.page
    .frameLocator("iframe.webview.ready")
    .frameLocator("#active-frame")
    .locator("#preview svg text");
  for (const said of ["2 Rechner in 1 Welle; die letzten erfahren es", "Zeit seit der Annahme"])
    await words.filter({ hasText: said }).waitFor();
  await workbench.screenshot("german-preview");
  await questions.leave();
});

/** Opens "Verify" on a package of the workspace. */
async function verifyBuilt(name: string): Promise<void> {
  await workbench.evaluate(async (vscode, folder) => {
    const [root] = vscode.workspace.workspaceFolders ?? [];
    if (root === undefined) throw new Error("no folder is open");
    await vscode.commands.executeCommand(
      "outrider.verify",
      vscode.Uri.joinPath(root.uri, "dist", folder),
    );
  }, name);
}

/** Puts a signed package and the vendor's trust document into the workspace. */
async function putPackage(name: string, version: string): Promise<void> {
  const { workspace } = workbench.running;
  const built = await vendor.build(name, version);
  await cp(built, join(workspace, "dist", `${name}-${version}`), { recursive: true });
  const { text, signatures } = vendor.trust.sealed;
  await writeFile(join(workspace, "trust.json"), text);
  await writeFile(join(workspace, "trust.json.asc"), signatures.join(""));
}

test("what is copied for a maintainer counts servers, and names none", async () => {
  const report = await workbench.evaluate((vscode) =>
    vscode.commands.executeCommand<string>("outrider.copyDiagnostics"),
  );
  expect(report).toContain("Servers 1\n");
  expect(report).not.toContain("127.0.0.1");
  expect(report).not.toContain("Läden");
  await workbench.clearNotifications();
});
