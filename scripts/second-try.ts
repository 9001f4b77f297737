/**
 * Which files of tests may fail once: those whose other side is a program of others (VS Code in a browser, mail
 * servers, Samba, name servers), and of these only a few at a time. What Outrider itself must never do fails at once
 * (ADR 0034).
 */
import { relative } from "node:path";

/** What vitest's JSON report says of a run. */
export interface TestReport {
  readonly testResults: readonly {
    /** The file's path. */
    readonly name: string;
    readonly status: "passed" | "failed";
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

/** How many tests ended in which way. */
export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  /** Those that were left out, for whatever reason. */
  readonly skipped: number;
}

/** More than these at a time are no accident. */
const mostFiles = 2;

const withOthers = /^(extension\/test\/flows|sdk\/test\/(mail|near|share|web))\//;

/** The files that are to be run again; none where any other file failed too. @param root the project's folder */
export function filesForSecondTry({ testResults }: TestReport, root: string): string[] {
  const failed = testResults
    .filter(({ status }) => status === "failed")
    .map(({ name }) => relative(root, name).replaceAll("\\", "/"));
  return failed.length <= mostFiles && failed.every((file) => withOthers.test(file)) ? failed : [];
}

/** The first run's verdicts, with those of the second in the place of the files that it ran. */
export function afterSecondTry(first: TestReport, second: TestReport): TestReport {
  const again = new Map(second.testResults.map((result) => [result.name, result]));
  return { testResults: first.testResults.map((result) => again.get(result.name) ?? result) };
}

/** Counts the tests of a run. */
export function countTests({ testResults }: TestReport): TestCounts {
  const states = testResults.flatMap(({ assertionResults }) =>
    assertionResults.map(({ status }) => status),
  );
  const passed = states.filter((state) => state === "passed").length;
  const failed = states.filter((state) => state === "failed").length;
  return { passed, failed, skipped: states.length - passed - failed };
}
