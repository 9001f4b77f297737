/** What the form asks, and what it shows: members of the manifest with their values, and what is wrong with each. */
import type { SourceManifest } from "@outrider/sdk/schema";
import { t } from "../editor/l10n.ts";
import type { Field, FormWords, Group } from "../form/messages.ts";

/** What is wrong at a place. */
export interface PlacedFault {
  readonly pointer: string;
  readonly message: string;
}

const kinds = ["program", "patch", "data", "mixture"];
const strategies = ["directory", "files", "command", "vendor"];

/** The form of a manifest, which need not be valid. */
export function groupsOf(value: Partial<SourceManifest>, faults: readonly PlacedFault[]): Group[] {
  const faultsAt = (pointer: string): string[] =>
    faults.filter((fault) => fault.pointer === pointer).map(({ message }) => message);
  const field = (pointer: string, label: string, hint: string, text: unknown): Field => ({
    pointer,
    label,
    hint,
    value: typeof text === "string" ? text : "",
    faults: faultsAt(pointer),
    isRequired: false,
  });
  const sets = Array.isArray(value.files) ? value.files : [];
  return [
    {
      heading: t("Package"),
      fields: [
        {
          ...field(
            "/name",
            t("Name"),
            t("Lower-case letters, digits, dots and hyphens."),
            value.name,
          ),
          isRequired: true,
        },
        {
          ...field("/version", t("Version"), t("Three numbers, such as 3.0.0."), value.version),
          isRequired: true,
        },
        {
          ...field("/kind", t("Kind"), t("What it is. Default program."), value.kind ?? "program"),
          choices: kinds,
        },
        field("/description", t("Description"), t("For people."), value.description),
        field(
          "/minimumVersion",
          t("Minimum version"),
          t("The lowest installed version that this updates directly."),
          value.minimumVersion,
        ),
      ],
    },
    ...sets.map((set, at) => ({
      heading: t("Files {0}", at + 1),
      fields: [
        {
          ...field(
            `/files/${at}/from`,
            t("From"),
            t("A glob, a file or a folder, such as dist/**."),
            set?.from,
          ),
          isRequired: true,
        },
        field(
          `/files/${at}/to`,
          t("To"),
          t("Folder in the package. Default: the same path."),
          set?.to,
        ),
      ],
      ...(sets.length > 1 ? { removable: `/files/${at}` } : {}),
    })),
    {
      heading: t("Installation"),
      fields: [
        {
          ...field(
            "/install/strategy",
            t("Strategy"),
            t("How it is put in place."),
            value.install?.strategy,
          ),
          choices: strategies,
          isRequired: true,
        },
      ],
    },
  ];
}

/** What stands on the buttons. */
export function formWords(): FormWords {
  return {
    addFiles: t("Add Files"),
    openText: t("Open as Text"),
    remove: t("Remove"),
    rest: t("Variants, hooks, health check and rollout are written as text."),
  };
}
