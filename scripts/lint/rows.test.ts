import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { refusal } from "./rows.ts";

const project = join(import.meta.dirname, "../..");
const folder = mkdtempSync(join(tmpdir(), "outrider-rows-"));

afterAll(() => rmSync(folder, { recursive: true }));

/** The real lint with the real configuration, over one module that imports another. */
function lint(importer: string, specifier: string): { status: number | null; output: string } {
  const path = join(folder, "sdk/src", importer);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(
    path,
    `import { subject } from "${specifier}";\n\nexport const same: unknown = subject;\n`,
  );
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(project, "node_modules/oxlint/bin/oxlint"),
      "--config",
      join(project, ".oxlintrc.json"),
      path,
    ],
    { cwd: project, encoding: "utf8" },
  );
  return { status, output: stdout + stderr };
}

test("a forbidden import fails the lint", () => {
  const { status, output } = lint("messages/forbidden.ts", "../agent/machine.ts");
  expect(output).toContain(
    "messages (row 2) may import only from rows above its own, and agent is in row 4",
  );
  expect(status).toBe(1);
});

test("an import from a row above passes the lint", () => {
  expect(lint("messages/allowed.ts", "../errors/index.ts")).toMatchObject({ status: 0 });
});

describe("refused", () => {
  test.each([
    ["errors/table.ts", "../ports/index.ts", "stand in row 0 and are blind to each other"],
    ["schema/json.ts", "../signing/index.ts", "stand in row 1 and are blind to each other"],
    ["messages/trigger.ts", "../trust/index.ts", "stand in row 2 and are blind to each other"],
    ["agent/machine.ts", "../server/pipeline.ts", "stand in row 4 and are blind to each other"],
    ["transports/email/sender.ts", "../unc/sender.ts", "transports/email and transports/unc"],
    ["transports/email/sender.ts", "../../obtain/http.ts", "transports/email and obtain/http"],
    ["agent/machine.ts", "../cli/main.ts", "agent (row 4) may import only from rows above"],
    ["agent/machine.ts", "../../../samples/demo/main.ts", "is outside sdk/src"],
    ["agent/machine.ts", "../utils/strings.ts", "none of the folders of the row table"],
    ["misplaced.ts", "./errors/index.ts", "none of the folders of the row table"],
    ["agent/machine.ts", "openpgp", "openpgp may be imported only in"],
    ["signing/verify.ts", "openpgp", "openpgp may be imported only in"],
    ["agent/machine.ts", "ajv/dist/2020.js", "ajv may be imported only in tests and scripts"],
    ["agent/machine.ts", "nodemailer", "nodemailer may be imported only in"],
    ["agent/machine.ts", "fastify", "fastify may be imported only in"],
    ["agent/memory/state.ts", "../reports/events.ts", "agent/memory may import only from the rows"],
    ["agent/reports/receipt.ts", "../admission/gate.ts", "and admission is in none of them"],
    ["agent/install/strategies/tree.ts", "../../agent.ts", "and agent is in none of them"],
    ["server/sending/dispatch.ts", "../deployments/conduct.ts", "and deployments is in none"],
    ["server/publishing/catalog.ts", "../pipeline.ts", "and pipeline is in none of them"],
    ["agent/utils/strings.ts", "../memory/state.ts", "agent/utils is in none of the rows of agent"],
  ])("%s → %s", (importer, specifier, reason) => {
    expect(refusal(importer, specifier)).toContain(reason);
  });
});

describe("allowed", () => {
  test.each([
    ["signing/verify.ts", "../schema/index.ts"],
    ["trust/rules.ts", "../messages/index.ts"],
    ["agent/machine.ts", "../transport/index.ts"],
    ["transports/email/sender.ts", "./address.ts"],
    ["transports/email/sender.ts", "nodemailer"],
    ["signing/openpgp/sign.ts", "openpgp"],
    ["cli/main.ts", "../server/pipeline.ts"],
    ["agent/machine.ts", "node:fs/promises"],
    ["agent/machine.ts", "./reception/receive.ts"],
    ["agent/reception/receive.ts", "../memory/state.ts"],
    ["agent/install/strategies/tree.ts", "../stage.ts"],
    ["agent/memory/journal.ts", "../machine.ts"],
    ["server/intake/receipts.ts", "../judge.ts"],
    ["server/http/routes/live.ts", "../../news/news.ts"],
    ["agent/machine.test.ts", "../server/pipeline.ts"],
  ])("%s → %s", (importer, specifier) => {
    expect(refusal(importer, specifier)).toBeUndefined();
  });
});
