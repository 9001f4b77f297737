/** The first source manifest of a package, from the few answers that somebody gives: at a terminal or in an editor. */
import { findProblems, validateSourceManifest, type SourceManifest } from "../schema/index.ts";

/** What a package can be. */
export const packageKinds = ["program", "patch", "data", "mixture"] as const;
/** How a package can be put in place. */
export const installStrategies = ["directory", "files", "command", "vendor"] as const;

/** What is known of it so far; what is missing gets a default, or is left open. */
export interface DraftAnswers {
  readonly name?: string;
  /** Its version. Default 1.0.0. */
  readonly release?: string;
  /** One of {@link packageKinds}. Default program. */
  readonly kind?: string;
  /** Files that go in: globs, files or folders. Default dist/**. */
  readonly from?: readonly string[];
  /** One of {@link installStrategies}. Default directory. */
  readonly strategy?: string;
  /** Program in the package that installs it, for the strategy command. */
  readonly installer?: string;
}

/** Where editors without our extension find the schema. */
const schemaUrl = "https://unpkg.com/@outrider/schemas@1/outrider.schema.json";

/** The manifest that these answers make; whether it is valid is for {@link faultAt} and the builder to say. */
export function draftManifest({
  name = "",
  release = "1.0.0",
  kind = "program",
  from = ["dist/**"],
  strategy = "directory",
  installer,
}: DraftAnswers): SourceManifest {
  const install = {
    strategy,
    ...(installer === undefined ? {} : { command: { argv: [installer] } }),
  };
  return {
    $schema: schemaUrl,
    name,
    version: release,
    kind: kind as NonNullable<SourceManifest["kind"]>,
    files: from.map((glob) => ({ from: glob, ...baseOf(glob) })),
    install: install as SourceManifest["install"],
  };
}

/** What the schema says against the place that an answer decides; `undefined` if nothing. */
export function faultAt(answers: DraftAnswers, pointer: string): string | undefined {
  const candidate = JSON.stringify(draftManifest(answers));
  return findProblems(candidate, validateSourceManifest, "").find((problem) =>
    problem.pointer.startsWith(pointer),
  )?.message;
}

/** `build/app/**` goes in without its `build/app/`. */
function baseOf(glob: string): { readonly base?: string } {
  const base = /^([^*?[{!(]+)\/[^/]*[*?[{!(]/.exec(glob)?.[1];
  return base === undefined ? {} : { base };
}

/** A folder's name, as far as it may be a package's. */
export function packageNameOf(folder: string): string | undefined {
  const name = folder.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, "-");
  return name.replaceAll(/^[.-]+|[.-]+$/g, "") || undefined;
}
