/** `outrider validate`: holds files to their schemas and points at what is wrong. */
import { resolve } from "node:path";
import { Option } from "commander";
import { glob } from "tinyglobby";
import { examineAuthored, findSurroundings } from "../../authoring/index.ts";
import { inEnglish, isOutriderError, OutriderError } from "../../errors/index.ts";
import { nodeFileSystem, systemClock } from "../../ports/index.ts";
import { fileExists, readFileBytes } from "../../release/files.ts";
import {
  decodeText,
  fileKinds,
  findProblems,
  kindOfDocument,
  kindOfFileName,
  locatePointer,
  parseJsonText,
  positionAt,
  type FileKind,
} from "../../schema/index.ts";
import type { CommandDefinition } from "../command.ts";
import {
  findingFormats,
  formatFindings,
  type FileFinding,
  type FindingFormat,
} from "../findings.ts";
import { formatCount } from "../format.ts";
import type { Terminal } from "../io.ts";

const authoredNames = fileKinds.flatMap(({ fileNames }) => fileNames.map((name) => `**/${name}`));

export const validate: CommandDefinition = (program, context) => {
  program
    .command("validate")
    .argument(
      "[files...]",
      "files or globs; everything Outrider knows below this folder unless given",
    )
    .addOption(
      new Option("--format <format>", "how findings are written")
        .choices([...findingFormats])
        .default("text"),
    )
    .addOption(
      new Option("--schema <name>", "hold every file to this schema").choices(
        fileKinds.map(({ schema }) => schema),
      ),
    )
    .description("check manifests, push files, configurations and documents")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider validate\n  outrider validate outrider.json 'rollouts/*.push.json'\n  outrider validate --format github",
    )
    .action(async (files: string[], options: { format: FindingFormat; schema?: string }) => {
      const terminal = context.terminal();
      const paths = await namedFiles(terminal, files);
      const findings: FileFinding[] = [];
      for (const path of paths) findings.push(...(await examine(terminal, path, options.schema)));
      const format = terminal.json ? "json" : options.format;
      if (findings.some(({ severity }) => severity === "error")) context.exitWith(1);
      if (format !== "text") terminal.result(findings, formatFindings(findings, format));
      else terminal.result(findings, summary(findings, paths.length));
    });
};

function summary(findings: readonly FileFinding[], count: number): string[] {
  const files = formatCount(count, "file");
  if (findings.length === 0) return [`${files} valid.`];
  return [
    ...findings.map((finding) => formatFindings([finding], "text")),
    `${formatCount(findings.length, "finding")} in ${files}.`,
  ];
}

async function namedFiles(terminal: Terminal, files: readonly string[]): Promise<string[]> {
  const patterns = files.length === 0 ? authoredNames : files;
  const found = new Set<string>();
  for (const pattern of patterns) {
    if (await fileExists(terminal, pattern)) {
      found.add(pattern);
      continue;
    }
    const matches = await glob(pattern.replaceAll("\\", "/"), {
      cwd: terminal.workingDirectory,
      ignore: ["**/node_modules/**"],
      expandDirectories: false,
    });
    if (matches.length === 0 && files.length > 0)
      throw new OutriderError("FILE_MISSING", `${pattern} names no file.`, { subject: pattern });
    for (const match of matches) found.add(match);
  }
  if (found.size === 0)
    throw new OutriderError(
      "FILE_MISSING",
      `Below ${terminal.workingDirectory} is no ${authoredNames.join(", ")}.`,
    );
  return [...found].toSorted();
}

async function examine(
  terminal: Terminal,
  path: string,
  schema: string | undefined,
): Promise<FileFinding[]> {
  try {
    const text = decodeText(await readFileBytes(terminal, path), path);
    const kind = kindOf(path, text, schema);
    const problems = findProblems(text, kind.validator, path);
    if (problems.length === 0) return await remarksOn(terminal, path, text, kind);
    return problems.map((problem) => ({
      file: path,
      code: "DOCUMENT_INVALID",
      severity: "error",
      ...problem,
    }));
  } catch (error) {
    // A file that cannot be opened is the command's failure; one that cannot be read as JSON is a finding.
    if (!isOutriderError(error) || !/^(JSON|DOCUMENT)_/.test(error.code)) throw error;
    const { line, column } = error.position ?? { line: 1, column: 1 };
    return [
      {
        file: path,
        code: error.code,
        severity: "error",
        pointer: error.pointer ?? "",
        message: withoutPlace(error.message),
        line,
        column,
      },
    ];
  }
}

/** What its schema cannot tell: the same remarks as an editor's. */
async function remarksOn(
  terminal: Terminal,
  path: string,
  text: string,
  { schema }: FileKind,
): Promise<FileFinding[]> {
  const top = terminal.workingDirectory;
  const now = systemClock.now();
  const surroundings = await findSurroundings(resolve(top, path), {
    fileSystem: nodeFileSystem,
    now,
    top,
    signal: terminal.signal,
  });
  const remarks = await examineAuthored(schema, text, surroundings);
  return remarks.map(({ code, severity, pointer, sentence }) => ({
    file: path,
    code,
    severity,
    pointer,
    message: inEnglish(sentence),
    ...positionAt(text, locatePointer(text, pointer)),
  }));
}

/** The finding has its place in members of its own. */
function withoutPlace(message: string): string {
  return message.replace(/^.*?:\d+:\d+: /, "").replace(/\.$/, "");
}

function kindOf(path: string, text: string, schema: string | undefined): FileKind {
  const kind =
    fileKinds.find((candidate) => candidate.schema === schema) ??
    kindOfFileName(path) ??
    kindOfDocument(parseJsonText(text, path));
  if (kind === undefined)
    throw new OutriderError(
      "DOCUMENT_INVALID",
      `${path} is of no kind that Outrider knows: name it like ${authoredNames.map((name) => name.slice(3)).join(", ")}, or pass --schema.`,
      { subject: path },
    );
  return kind;
}
