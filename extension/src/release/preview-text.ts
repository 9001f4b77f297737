/** The preview of a push as a text: to search, to copy, to hear. */
import type { PreviewContent } from "./preview-content.ts";

/** Markdown: a line for each wave and transport. */
export function previewText({ heading, facts, note, columns, rows }: PreviewContent): string {
  return [
    `# ${heading}`,
    "",
    ...facts.map((fact) => `- ${fact}`),
    "",
    note,
    "",
    ...table([columns, columns.map(() => "---"), ...rows]),
    "",
  ].join("\n");
}

/** In columns also where it is read as plain text. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, at) =>
    Math.max(...rows.map((row) => row[at]?.length ?? 0)),
  );
  return rows.map(
    (row) => `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`,
  );
}
