/** What the forms ask, in which order: parts of a manifest and of a push file; the rest of each is written as text. */
import type { Translate } from "../finding.ts";

/** One part of a form; paths are member names below the part around it. */
export type Part = FieldPart | GroupPart | ListPart;

/** A member. */
export interface FieldPart {
  readonly kind: "field";
  readonly path: readonly string[];
  readonly label: string;
  /** Where the schema's words are about every such member, not about this one. */
  readonly hint?: string;
}

/** Members of an object, or of the part around it where the path is empty. */
export interface GroupPart {
  readonly kind: "group";
  readonly path: readonly string[];
  readonly heading: string;
  readonly parts: readonly Part[];
  /** The object may be missing; then it can be added. */
  readonly optional?: Fresh;
}

/** Elements of an array; a group each. */
export interface ListPart {
  readonly kind: "list";
  readonly path: readonly string[];
  /** Of one element. @param name its name, or its number where it has none */
  readonly heading: (name: string) => string;
  readonly parts: readonly Part[];
  readonly optional: Fresh;
}

/** What is written when a part is added. */
export interface Fresh {
  readonly label: string;
  readonly value: unknown;
}

/** The form of a kind; `undefined` where it has none. @param schema name of the kind's schema */
export function shapeOf(schema: string, t: Translate): readonly Part[] | undefined {
  if (schema === "outrider") return manifestShape(t);
  return schema === "push" ? pushShape(t) : undefined;
}

function manifestShape(t: Translate): Part[] {
  return [
    group(t("Package"), [
      field("name", t("Name")),
      field("version", t("Version")),
      field("kind", t("Kind")),
      { ...field("description", t("Description")), hint: t("For people.") },
      {
        ...field("minimumVersion", t("Minimum version")),
        hint: t("The lowest installed version that this updates directly."),
      },
    ]),
    fileSets(t),
    {
      kind: "list",
      path: ["variants"],
      heading: (name) => t("Variant {0}", name),
      parts: [
        field("name", t("Name")),
        field("when/os", t("Operating systems")),
        field("when/arch", t("Processors")),
        field("when/libc", t("C libraries")),
        field("when/installed", t("Installed version")),
        fileSets(t),
      ],
      optional: {
        label: t("Add Variant"),
        value: { name: "linux", when: { os: ["linux"] }, files: [{ from: "dist/linux/**" }] },
      },
    },
    {
      ...group(t("Installation"), [
        field("strategy", t("Strategy")),
        command("command", t("Installer"), t("Add Installer"), "setup", t),
        command("hooks/beforeInstall", t("Before it"), t("Add Hook Before It"), "bin/before", t),
        command("hooks/afterInstall", t("After it"), t("Add Hook After It"), "bin/after", t),
        command("healthCheck", t("Health check"), t("Add Health Check"), "bin/check", t, [
          field("attempts", t("Attempts")),
          field("delaySeconds", t("Pause before each, in seconds")),
        ]),
      ]),
      path: ["install"],
    },
    rollout(t),
  ];
}

function pushShape(t: Translate): Part[] {
  return [
    group(t("What"), [
      field("package", t("Package")),
      field("version", t("Version")),
      field("delivery", t("Delivery")),
      field("validSeconds", t("Valid for, in seconds")),
      field("allowDowngrade", t("Versions that may be replaced by an older one")),
    ]),
    group(t("To whom"), [
      field("audience/groups", t("Groups")),
      field("audience/agents", t("Single agents")),
    ]),
    {
      ...group(t("By itself"), [
        field("kind", t("Kind")),
        field("cron", t("When")),
        field("timeZone", t("Time zone")),
      ]),
      path: ["on"],
      optional: {
        label: t("Add Schedule"),
        value: { kind: "schedule", cron: "0 2 * * 1", timeZone: "Europe/Berlin" },
      },
    },
    rollout(t),
  ];
}

function fileSets(t: Translate): ListPart {
  return {
    kind: "list",
    path: ["files"],
    heading: (name) => t("Files {0}", name),
    parts: [
      field("from", t("From")),
      field("to", t("To")),
      field("base", t("Base")),
      field("exclude", t("Without")),
      field("executable", t("Executable")),
    ],
    optional: { label: t("Add Files"), value: { from: "dist/**" } },
  };
}

function rollout(t: Translate): GroupPart {
  return {
    ...group(t("Rollout"), [
      field("firstOfOne", t("One machine first")),
      field("approval", t("Second person approves")),
      field("notBefore", t("Sending waits until")),
      field("transports", t("By these transports only")),
      {
        kind: "list",
        path: ["waves"],
        heading: (name) => t("Wave {0}", name),
        parts: [
          field("name", t("Name")),
          field("share", t("Share, in per cent")),
          field("group", t("Group")),
          field("successThreshold", t("Goes on from, in per cent")),
          field("errorThreshold", t("Pauses above, in per cent")),
          field("noAnswer", t("No answer counts as")),
          field("deadlineSeconds", t("Deadline, in seconds")),
          field("soakSeconds", t("Watched for, in seconds")),
        ],
        optional: { label: t("Add Wave"), value: { share: 100 } },
      },
      {
        kind: "list",
        path: ["windows"],
        heading: (name) => t("Window {0}", name),
        parts: [
          field("days", t("Days")),
          field("from", t("From")),
          field("to", t("Until")),
          field("timeZone", t("Time zone")),
        ],
        optional: { label: t("Add Window"), value: { from: "22:00", to: "05:00" } },
      },
    ]),
    path: ["rollout"],
  };
}

function command(
  path: string,
  heading: string,
  add: string,
  program: string,
  t: Translate,
  more: readonly Part[] = [],
): GroupPart {
  const parts = [
    field("argv", t("Program and arguments")),
    field("timeoutSeconds", t("Deadline, in seconds")),
    ...more,
  ];
  const optional = { label: add, value: { argv: [program] } };
  return { ...group(heading, parts), path: path.split("/"), optional };
}

function group(heading: string, parts: readonly Part[]): GroupPart {
  return { kind: "group", path: [], heading, parts };
}

function field(path: string, label: string): FieldPart {
  return { kind: "field", path: path.split("/"), label };
}
