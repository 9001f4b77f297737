/** Exports: what agents and carriers said stays text, in a spreadsheet (CSV injection) and in a browser (E2). */
import { expect, test } from "vitest";
import type { LedgerRow } from "../ledger/index.ts";
import type { AuditLine } from "../server/audit/entry.ts";
import { deploymentCsv, deploymentHtml } from "./export.ts";
import type { Overview } from "./overview.ts";

const row = (agent: string, detail: string): LedgerRow => ({
  agent,
  wave: 0,
  transport: "email",
  address: "a@example.org",
  state: "failed",
  detail,
  changedAt: "2026-11-22T12:00:00Z",
});

const entry = (code: string): AuditLine => ({
  number: 1,
  previous: "0".repeat(64),
  at: "2026-11-22T12:00:00Z",
  kind: "receipt",
  via: "email",
  verdict: "refused",
  sha256: "ab",
  bytes: 1,
  code,
  signers: ["AA", "BB"],
});

test("CSV: a line an agent, then one an audit entry, quoted where it must be, never a formula", () => {
  const rows = [row("a", 'said "no", twice'), row("b", "=HYPERLINK(1)")];
  expect(deploymentCsv({ rows, audit: [entry("@SUM(1)")] })).toBe(
    [
      "record,agent,wave,transport,address,state,detail,changedAt,at,kind,via,verdict,code,sha256,signers",
      'agent,a,1,email,a@example.org,failed,"said ""no"", twice",2026-11-22T12:00:00Z,,,,,,,',
      "agent,b,1,email,a@example.org,failed,'=HYPERLINK(1),2026-11-22T12:00:00Z,,,,,,,",
      "audit,,,,,,,,2026-11-22T12:00:00Z,receipt,email,refused,'@SUM(1),ab,AA BB",
      "",
    ].join("\r\n"),
  );
});

test.each([
  ["550 no;=cmd|' /C calc'!A0", "550 no;'=cmd|' /C calc'!A0"],
  ["a\t@SUM(1)", "a\t'@SUM(1)"],
  [" \t=1+1", "' \t=1+1"],
  ["\uff1d1+1", "'\uff1d1+1"],
  ["a\n-1", '"a\n\'-1"'],
  ["host-1; user@example.org", "host-1; user@example.org"],
])("CSV: %j is no formula wherever a spreadsheet cuts the line", (said, shown) => {
  const [, line] = deploymentCsv({ rows: [row("a", said)], audit: [] }).split("\r\n");
  expect(line).toBe(`agent,a,1,email,a@example.org,failed,${shown},2026-11-22T12:00:00Z,,,,,,,`);
});

test("E2 HTML: markup in any field is text", () => {
  const hostile = '<img src=x onerror="alert(1)">';
  const overview = {
    shown: {
      deployment: {
        id: hostile,
        packageName: hostile,
        version: hostile,
        acceptedAt: hostile,
        waves: [{ name: hostile, size: 1 }],
      },
      state: "running",
      reason: hostile,
      waves: [{ state: "running", counts: { installed: 0 } }],
    },
    transports: [{ transport: hostile }],
    failures: [{ code: hostile, count: 1, agents: [] }],
    receipts: [],
    events: [{ at: hostile, kind: hostile, reason: hostile }],
  } as unknown as Overview;
  const records = { overview, rows: [row(hostile, hostile)], audit: [entry(hostile)] };
  const page = deploymentHtml(records, { language: hostile });
  expect(page).not.toContain("<img");
  expect(page.match(/&lt;img src=x onerror=&quot;/g)?.length).toBeGreaterThan(9);
  expect(page).not.toContain("<script");
});
