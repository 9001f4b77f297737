/** Findings about files, in the four forms that people and their tools read. */
import { errorAdvice } from "../errors/advice.ts";
import type { ErrorCode } from "../errors/index.ts";

/** One finding. */
export interface FileFinding {
  readonly file: string;
  readonly code: ErrorCode;
  /** A warning alone is no refusal. */
  readonly severity: "error" | "warning";
  readonly pointer: string;
  readonly message: string;
  /** One-based. */
  readonly line: number;
  /** One-based. */
  readonly column: number;
}

/** Forms of `validate --format`. */
export const findingFormats = ["text", "json", "github", "sarif"] as const;
/** One of them. */
export type FindingFormat = (typeof findingFormats)[number];

/** Writes the findings in the form asked for. */
export function formatFindings(findings: readonly FileFinding[], format: FindingFormat): string {
  return formats[format](findings);
}

const formats: Readonly<Record<FindingFormat, (findings: readonly FileFinding[]) => string>> = {
  text: (findings) =>
    findings
      .map(
        ({ file, line, column, code, severity, pointer, message }) =>
          `${file}:${line}:${column}: ${severity} ${code}: ${pointer === "" ? "the document" : pointer} ${message}`,
      )
      .join("\n"),
  json: (findings) => JSON.stringify(findings),
  // Workflow commands: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
  github: (findings) =>
    findings
      .map(
        ({ file, line, column, code, severity, pointer, message }) =>
          `::${severity} file=${property(file)},line=${line},col=${column},title=${code}::${data(`${pointer} ${message}`)}`,
      )
      .join("\n"),
  sarif: (findings) => JSON.stringify(sarif(findings), null, 2),
};

function data(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function property(text: string): string {
  return data(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}

/** SARIF 2.1.0, sections 3.14 (run), 3.27 (result). */
function sarif(findings: readonly FileFinding[]): unknown {
  const codes = [...new Set(findings.map(({ code }) => code))];
  return {
    $schema: "https://json.schemastore.org/sarif-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: "outrider",
            rules: codes.map((id) => ({
              id,
              shortDescription: { text: errorAdvice[id].meaning },
              help: { text: errorAdvice[id].remedy },
            })),
          },
        },
        results: findings.map(({ file, code, severity, pointer, message, line, column }) => ({
          ruleId: code,
          level: severity,
          message: { text: `${pointer} ${message}`.trim() },
          locations: [
            {
              physicalLocation: {
                artifactLocation: {
                  uri: file.replaceAll("\\", "/").split("/").map(encodeURIComponent).join("/"),
                },
                region: { startLine: line, startColumn: column },
              },
            },
          ],
        })),
      },
    ],
  };
}
