import { expect, test } from "vitest";
import { afterSecondTry, countTests, filesForSecondTry, type TestReport } from "./second-try.ts";

const [flow, mail, share, own] = [
  "extension/test/flows/watching.e2e.ts",
  "sdk/test/mail/imap.test.ts",
  "sdk/test/share/faults.test.ts",
  "sdk/test/server/kill.test.ts",
];

function report(files: Readonly<Record<string, readonly string[]>>): TestReport {
  return {
    testResults: Object.entries(files).map(([file, states]) => ({
      name: `/project/${file}`,
      status: states.includes("failed") ? "failed" : "passed",
      assertionResults: states.map((status) => ({ status })),
    })),
  };
}

test("what fails against the programs of others is run again; what is ours alone is not", () => {
  const again = (files: Parameters<typeof report>[0]) =>
    filesForSecondTry(report(files), "/project");
  expect(again({ [share]: ["failed"], [own]: ["passed"] })).toEqual([share]);
  expect(again({ [flow]: ["passed", "failed"], [mail]: ["failed"] })).toEqual([flow, mail]);
  expect(again({ [share]: ["failed"], [own]: ["failed"] })).toEqual([]);
  expect(again({ "sdk/src/agent/agent.test.ts": ["failed"] })).toEqual([]);
  expect(again({ [own]: ["passed"] })).toEqual([]);
});

test("many failures are no accident", () => {
  const files = { [flow]: ["failed"], [mail]: ["failed"], [share]: ["failed"] };
  expect(filesForSecondTry(report(files), "/project")).toEqual([]);
});

test("a second failure counts, a second success too; the others stay as they were", () => {
  const first = report({ [share]: ["passed", "failed"], [own]: ["passed", "skipped"] });
  const count = (...states: string[]) =>
    countTests(afterSecondTry(first, report({ [share]: states })));
  expect(count("passed", "passed")).toEqual({ passed: 3, failed: 0, skipped: 1 });
  expect(count("passed", "failed")).toEqual({ passed: 2, failed: 1, skipped: 1 });
});
