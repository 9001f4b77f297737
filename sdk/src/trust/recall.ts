/**
 * A recall beats every notification, queued or delivered later. Three can recall: root for good (trust document),
 * push for good (control), a server as long as its key is trusted (catalog), so that a stolen server key can hold
 * releases back, but not for longer than until it is rotated out.
 */
import { OutriderError, say, type Sentence } from "../errors/index.ts";
import { maxRemembered } from "./memory.ts";
import type { Run } from "./run.ts";

/** Who recalled the release, for people; `undefined` if nobody did. */
export function recalledBy(
  { trust, memory }: Pick<Run, "trust" | "memory">,
  manifest: string,
): Sentence | undefined {
  if (trust.revoked?.manifests?.includes(manifest) === true) return say("the trust document");
  if (memory.recalled.includes(manifest)) return say("a control");
  const server = memory.servers.find(
    ({ catalog }) => catalog?.recalled.includes(manifest) === true,
  );
  return server === undefined ? undefined : say("the catalog of server {0}", server.key);
}

/** @throws RECALLED */
export function checkNotRecalled(run: Run, manifest: string, subject: string): void {
  run.checks.make(
    subject,
    "recall",
    () => {
      const by = recalledBy(run, manifest);
      if (by !== undefined)
        throw new OutriderError(
          "RECALLED",
          say(
            "The release with manifest {0} was recalled by {1}. Publish a new version.",
            manifest,
            by,
          ),
        );
    },
    () => say("The release was not recalled."),
  );
}

/** Recalled manifests only become more; the newest are kept past the limit. */
export function unite(known: readonly string[], more: readonly string[]): string[] {
  const later = new Set(more);
  return [...known.filter((manifest) => !later.has(manifest)), ...later].slice(-2 * maxRemembered);
}
