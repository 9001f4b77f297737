/** Every command: help with an example, `--json`, and output that no stranger's text can steer. */
import { describe, expect, test } from "vitest";
import { createProgram } from "../../src/cli/program.ts";
import { Workshop } from "./support/workshop.ts";

type Command = ReturnType<typeof createProgram>;

function leavesOf(command: Command, path: readonly string[] = []): (readonly string[])[] {
  return command.commands.flatMap((child) => {
    const words = [...path, child.name()];
    return child.commands.length === 0 ? [words] : leavesOf(child, words);
  });
}

const verbs = leavesOf(
  createProgram({
    terminal: () => {
      throw new Error("no command runs here");
    },
    exitWith: () => undefined,
    failWith: () => undefined,
  }),
);

test("there are the verbs of DESIGN 9", () => {
  const groups: Readonly<Record<string, string>> = {
    "": "init validate build inspect sign verify publish bundle plan push status serve prune backup restore",
    " ": "approve pause resume halt recall",
    keys: "generate list export import",
    trust: "init add-key remove-key rotate recall sign show",
    agents: "import list token",
    audit: "show verify",
    trigger: "receive",
    receipts: "import",
    agent: "enroll run receive status encryption-key rollback doctor",
  };
  const expected = Object.entries(groups).flatMap(([group, names]) =>
    names.split(" ").map((name) => `${group} ${name}`.trim()),
  );
  expect(verbs.map((words) => words.join(" ")).toSorted()).toEqual(expected.toSorted());
});

describe.for(verbs)("%s", (words) => {
  test("helps with an example that it would understand", async () => {
    await using workshop = await Workshop.open();
    const { exit, stdout, stderr } = await workshop.run([...words, "--help"]);
    expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
    expect(stdout).toContain(`Usage: outrider ${words.join(" ")} `);
    const examples = stdout.slice(stdout.indexOf("Example"));
    expect(examples).toMatch(new RegExp(`^ {2}outrider ${words[0]}\\b`, "m"));
    const synopsis = stdout.slice(0, stdout.indexOf("Example"));
    const ours = examples
      .split("\n")
      .filter((line) => line.startsWith(`  outrider ${words.join(" ")}`));
    const options = ours.flatMap((line) => line.match(/--(?!json\b)[a-z-]+/g) ?? []);
    for (const option of options) expect(synopsis).toContain(option);
  });
});

test("--version", async () => {
  await using workshop = await Workshop.open();
  expect(await workshop.done("--version")).toMatch(/^\d+\.\d+\.\d+\S*\n$/);
});

test("a name with control sequences does not steer the terminal", async () => {
  await using workshop = await Workshop.open();
  const evil = "\u001B]0;owned\u0007\u001B[2J\u009B31m";
  const { stdout, stderr } = await workshop.run(["validate", `nowhere${evil}`]);
  expect(`${stdout}${stderr}`).toContain("nowhere\uFFFD]0;owned\uFFFD\uFFFD[2J\uFFFD31m");
});
