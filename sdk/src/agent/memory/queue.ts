/** Which of several unfinished deployments goes first: by the product's own order of packages, then as they came. */
import type { FileSystem } from "../../ports/index.ts";
import { fits } from "../../trust/index.ts";
import { Journal, listDeployments, type JournalRecord } from "./journal.ts";

/** Manifests of the deployments that have a folder, in the order in which they are gone on with. */
export async function queueDeployments(
  fileSystem: FileSystem,
  directory: string,
  priority: readonly string[],
): Promise<readonly string[]> {
  const waiting: { readonly manifest: string; readonly record?: JournalRecord | undefined }[] = [];
  for (const manifest of await listDeployments(fileSystem, directory))
    waiting.push({
      manifest,
      record: await new Journal(fileSystem, directory, manifest).read().catch(() => undefined),
    });
  const rankOf = (name = ""): number => {
    const at = priority.findIndex((pattern) => fits(pattern, name));
    return at < 0 ? priority.length : at;
  };
  return waiting
    .toSorted(
      (a, b) =>
        rankOf(a.record?.package.name) - rankOf(b.record?.package.name) ||
        (a.record?.authenticatedAt ?? "").localeCompare(b.record?.authenticatedAt ?? ""),
    )
    .map(({ manifest }) => manifest);
}
