/**
 * Programs that the package does not have: an installer, a hook or a health check that is named by a path must be among
 * the files that every machine gets, or among those of every variant.
 */
import { say } from "../../errors/index.ts";
import type { SourceManifest } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";
import type { PlannedFileSet } from "./file-sets.ts";

/** Examines every command line of a manifest. */
export function examinePrograms(source: SourceManifest, sets: readonly PlannedFileSet[]): Remark[] {
  // What could not be planned is told already; nothing sound can be said of what it might have held.
  if (sets.some(({ refusal }) => refusal !== undefined)) return [];
  const { command, hooks = {}, healthCheck } = source.install;
  const named = [
    ["/install/command", command],
    ["/install/hooks/beforeInstall", hooks.beforeInstall],
    ["/install/hooks/afterInstall", hooks.afterInstall],
    ["/install/healthCheck", healthCheck],
  ] as const;
  return named.flatMap(([pointer, program]) =>
    (program === undefined ? [] : pathsOf(program.argv)).flatMap(({ at, path }) =>
      machinesWithout(path, source, sets).map((variant) => ({
        code: "PACKAGE_SOURCE",
        severity: "warning",
        pointer: `${pointer}/argv/${at}`,
        sentence:
          variant === undefined
            ? say("The package has no file {0}.", path)
            : say("Variant {1} has no file {0}.", path, variant),
      })),
    ),
  );
}

/** The program where it is a path, and the script that `node` is given; other arguments may be anything. */
function pathsOf(argv: readonly string[]): { readonly at: number; readonly path: string }[] {
  const at = argv[0] === "node" ? 1 : 0;
  const written = argv[at] ?? "";
  const isPath = at === 1 ? written !== "" && !written.startsWith("-") : written.includes("/");
  return isPath && !written.startsWith("/") ? [{ at, path: written.replace(/^\.\//, "") }] : [];
}

/** `undefined` stands for a package without variants. */
function machinesWithout(
  path: string,
  { variants = [] }: SourceManifest,
  sets: readonly PlannedFileSet[],
): (string | undefined)[] {
  const holders = new Set(
    sets
      .filter(({ files }) => files.some(({ target }) => target === path))
      .map(({ variant }) => variant),
  );
  if (holders.has(undefined)) return [];
  if (variants.length === 0) return [undefined];
  return variants.map(({ name }) => name).filter((name) => !holders.has(name));
}
