/**
 * The push/pull utility (Fig. 4, step 89): takes an archive from a share, resuming, verifying while it copies.
 *
 * Roots come from this machine's configuration only; nothing of a message becomes part of a path but a checked digest.
 * No link is followed below a root, and only one open plain file is read (THREATS N14, P3).
 */
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { maxEnvelopeBytes } from "../../messages/index.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import { isComplete, type CopyOptions, type Obtainer } from "../../transport/index.ts";
import { directoryShare, treeNames, type ShareReader } from "../../transport/tree/index.ts";

/** How archives are taken from shares. */
export interface UncObtainerOptions {
  /** Shares, tried in order: directories, or what was opened by other means. */
  readonly roots: readonly (string | Pick<ShareReader, "root" | "read" | "fetch">)[];
  readonly fileSystem?: FileSystem;
}

/** Obtains from shares. */
export function uncObtainer(options: UncObtainerOptions): Obtainer {
  const { roots, fileSystem = nodeFileSystem } = options;
  const shares = roots.map((root) =>
    typeof root === "string" ? directoryShare(root, fileSystem) : root,
  );
  return {
    name: "unc",
    async obtain(request, { signal }) {
      const { sha256, target, onProgress } = request;
      const name = treeNames.package(sha256);
      if (await isComplete(fileSystem, request, signal)) return { path: target, transferred: 0 };
      const copying: CopyOptions = {
        signal,
        ...(onProgress === undefined ? {} : { onProgress }),
      };
      const failures: unknown[] = [];
      for (const share of shares)
        try {
          return { path: target, transferred: await share.fetch(name, request, copying) };
        } catch (error) {
          if (!isOutriderError(error) || !passes(error)) throw error;
          failures.push(error);
        }
      throw allFailed(
        shares.map(({ root }) => root),
        failures,
      );
    },
    async probe(_request, options) {
      const looks = shares.map((share) => answers(share, options));
      return (await Promise.all(looks)).includes(true) ? "reachable" : "unreachable";
    },
  };
}

/** Does the share let itself be read? A catalog is the one file that every share has. */
async function answers(
  share: Pick<ShareReader, "read">,
  options: { readonly signal: AbortSignal },
): Promise<boolean> {
  try {
    await share.read(treeNames.catalog, maxEnvelopeBytes["catalog/1"], options);
    return true;
  } catch {
    return false;
  }
}

/** Would another root do better? */
function passes({ code }: OutriderError): boolean {
  return code === "UNAVAILABLE" || code === "PACKAGE_DIGEST";
}

/** A root that holds something wrong is worse news than one that is away. */
function allFailed(roots: readonly string[], failures: readonly unknown[]): OutriderError {
  const wrong = failures.find((error) => isOutriderError(error) && error.code === "PACKAGE_DIGEST");
  if (wrong instanceof OutriderError) return wrong;
  const subject = roots.join(", ");
  const first = failures[0] instanceof Error ? ` ${failures[0].message}` : "";
  return new OutriderError(
    "UNAVAILABLE",
    `No share delivered the archive (${subject || "none is configured"}).${first}`,
    { subject, cause: new AggregateError(failures, "No root delivered it.") },
  );
}
