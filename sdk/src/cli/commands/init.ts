/** `outrider init`: a source manifest to begin with, from options or from answers at a terminal. */
import { basename, dirname } from "node:path";
import { Option } from "commander";
import {
  draftManifest,
  faultAt,
  installStrategies,
  packageKinds,
  packageNameOf,
  type DraftAnswers,
} from "../../authoring/index.ts";
import { OutriderError } from "../../errors/index.ts";
import { readSourceManifest } from "../../package/build/index.ts";
import { fileExists, resolvePath, writeFileWhole } from "../../release/files.ts";
import type { CommandDefinition } from "../command.ts";
import type { Terminal } from "../io.ts";
import { withPrompt, type Prompt } from "../prompt.ts";

type Answer = "name" | "release" | "kind" | "from" | "strategy" | "installer";
type Answers = Partial<Readonly<Record<Answer, string>>>;

interface Question {
  readonly answer: Answer;
  readonly text: string;
  /** What a good answer looks like. */
  readonly form: string;
  /** Place in the manifest that the answer decides: its faults are told at once. */
  readonly pointer: string;
  /** What is taken when nothing is answered; without it somebody has to. */
  readonly otherwise?: string;
}

const questions: readonly Question[] = [
  {
    answer: "name",
    text: "Name of the package",
    form: "lower-case letters, digits, dots and hyphens",
    pointer: "/name",
  },
  {
    answer: "release",
    text: "Version",
    form: "three numbers, as in 3.0.0",
    pointer: "/version",
    otherwise: "1.0.0",
  },
  {
    answer: "kind",
    text: "What it is",
    form: packageKinds.join(", "),
    pointer: "/kind",
    otherwise: "program",
  },
  {
    answer: "from",
    text: "Files that go in",
    form: "a glob, a file or a folder",
    pointer: "/files",
    otherwise: "dist/**",
  },
  {
    answer: "strategy",
    text: "How it is put in place",
    form: installStrategies.join(", "),
    pointer: "/install/strategy",
    otherwise: "directory",
  },
  {
    answer: "installer",
    text: "Program that installs it",
    form: "its path in the package",
    pointer: "/install",
  },
];

export const init: CommandDefinition = (program, context) => {
  program
    .command("init")
    .argument("[file]", "the source manifest to write", "outrider.json")
    .option("--name <name>", "name of the package, such as press-control")
    .option("--release <version>", "its version (default: 1.0.0)")
    .addOption(
      new Option("--kind <kind>", "what it is (default: program)").choices([...packageKinds]),
    )
    .option("--from <glob>", "files that go in (default: dist/**)")
    .addOption(
      new Option("--strategy <name>", "how it is put in place (default: directory)").choices([
        ...installStrategies,
      ]),
    )
    .option("--installer <path>", "for the strategy command: the program in the package to run")
    .description("write a source manifest; at a terminal it asks for what no option says")
    .addHelpText(
      "after",
      "\nExamples:\n  outrider init\n  outrider init --name press-control --release 3.0.0 --from 'build/**'",
    )
    .action(async (file: string, options: Answers) => {
      const terminal = context.terminal();
      if (await fileExists(terminal, file))
        throw new OutriderError("FILE_EXISTS", `${file} exists already; nothing was written.`, {
          subject: file,
        });
      const source = draftManifest(asDraft(await collectAnswers(terminal, file, options)));
      const text = `${JSON.stringify(source, null, 2)}\n`;
      readSourceManifest(text, file);
      await writeFileWhole(terminal, file, text, { force: false });
      terminal.result({ path: file, source }, [
        `Wrote ${file} for ${source.name} ${source.version}.`,
        "Next: outrider build",
      ]);
    });
};

async function collectAnswers(
  terminal: Terminal,
  file: string,
  options: Answers,
): Promise<Answers> {
  const folder = packageNameOf(basename(dirname(resolvePath(terminal, file))));
  if (terminal.attended)
    return withPrompt(terminal, (prompt) =>
      fill(options, (question, answers) =>
        askUntilValid(
          prompt,
          question.answer === "name" && folder !== undefined
            ? { ...question, otherwise: folder }
            : question,
          answers,
        ),
      ),
    );
  return fill(options, async ({ answer, text, otherwise }) => {
    if (otherwise !== undefined) return otherwise;
    throw new OutriderError(
      "CONFIG_INVALID",
      `${text}? Nobody is here to be asked: pass --${answer}.`,
    );
  });
}

async function fill(
  given: Answers,
  answerTo: (question: Question, answers: Answers) => Promise<string>,
): Promise<Answers> {
  let answers = given;
  for (const question of questions) {
    const isNeedless = question.answer === "installer" && answers.strategy !== "command";
    if (answers[question.answer] === undefined && !isNeedless)
      answers = { ...answers, [question.answer]: await answerTo(question, answers) };
  }
  return answers;
}

async function askUntilValid(
  prompt: Prompt,
  question: Question,
  answers: Answers,
): Promise<string> {
  for (;;) {
    const given = await prompt.ask(`${question.text} (${question.form})`, question.otherwise);
    const candidate = asDraft({ ...answers, [question.answer]: given });
    if (faultAt(candidate, question.pointer) === undefined) return given;
  }
}

function asDraft({ from, ...answers }: Answers): DraftAnswers {
  return { ...answers, ...(from === undefined ? {} : { from: [from] }) };
}
