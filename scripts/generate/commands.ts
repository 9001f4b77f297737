/** The reference page of the command line, from the help that commander prints. */

import { createProgram } from "../../sdk/src/cli/program.ts";

type Command = ReturnType<typeof createProgram>;

/** `docs/reference/cli.md`. */
export function commandPage(notice: string): string {
  const program = createProgram({
    terminal: () => {
      throw new Error("no command runs here");
    },
    exitWith: () => undefined,
    failWith: () => undefined,
  });
  const commands = leavesOf(program);
  return [
    notice,
    "",
    "# Command line",
    "",
    program.description(),
    "",
    "Exit codes: 0 done, 1 refused, 2 usage, 3 unavailable, 130 interrupted. A message that is not ours is no error: exit code 0.",
    "",
    '`--json` (every command): the result as one line of JSON on standard output; an error as `{"error":{"code","message",…}}`, its codes in [errors](errors.md). `--verbose`: stack traces, and more of what is going on.',
    "",
    ...commands.map(
      ([name, command]) => `- [${name}](#${anchorOf(name)}): ${command.description()}`,
    ),
    "",
    ...commands.flatMap(([name, command]) => sectionOf(name, command)),
  ].join("\n");
}

/** Commands that do something, with their whole name, in the order of help. */
function leavesOf(command: Command, path = ""): [name: string, command: Command][] {
  return command.commands.flatMap((child): [string, Command][] => {
    const name = `${path}${child.name()}`;
    return child.commands.length === 0 ? [[name, child]] : leavesOf(child, `${name} `);
  });
}

function sectionOf(name: string, command: Command): string[] {
  return [`## ${name}`, "", "```", helpOf(command), "```", ""];
}

/** As a terminal of 100 columns shows it. */
function helpOf(command: Command): string {
  let text = "";
  const sink = {
    getOutHelpWidth: () => 100,
    getOutHasColors: () => false,
    writeOut: (piece: string) => {
      text += piece;
    },
  };
  command.configureOutput(sink).outputHelp();
  return text.trim();
}

/** As GitHub makes them of headings. */
function anchorOf(name: string): string {
  return name.replaceAll(" ", "-");
}
