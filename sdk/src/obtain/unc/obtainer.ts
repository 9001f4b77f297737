/**
 * The push/pull utility (Fig. 4, step 89): takes an archive from a share, resuming, verifying while it copies.
 *
 * Roots come from this machine's configuration only; nothing of a message becomes part of a path but a checked digest.
 * No link is followed below a root, and only one open plain file is read (THREATS N14, P3).
 */
import { join } from "node:path";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import {
  copyArchive,
  isComplete,
  type CopyOptions,
  type Obtainer,
  type ObtainRequest,
} from "../../transport/index.ts";

/** How archives are taken from shares. */
export interface UncObtainerOptions {
  /** Roots of shares, tried in order. */
  readonly roots: readonly string[];
  /** Limit of the rate, bytes per second; none unless given. */
  readonly bytesPerSecond?: number;
  readonly fileSystem?: FileSystem;
}

/** Obtains from shares. */
export function uncObtainer(options: UncObtainerOptions): Obtainer {
  const { roots, bytesPerSecond, fileSystem = nodeFileSystem } = options;
  return {
    name: "unc",
    async obtain(request, { signal }) {
      const { sha256, target, onProgress } = request;
      if (!/^[0-9a-f]{64}$/.test(sha256))
        throw new OutriderError("SOURCE_FORBIDDEN", "An archive is named by its SHA-256 only.");
      if (await isComplete(fileSystem, request, signal)) return { path: target, transferred: 0 };
      const copying: CopyOptions = {
        signal,
        ...(bytesPerSecond === undefined ? {} : { bytesPerSecond }),
        ...(onProgress === undefined ? {} : { onProgress }),
      };
      const failures: unknown[] = [];
      for (const root of roots)
        try {
          const transferred = await takeFrom(fileSystem, root, request, copying);
          return { path: target, transferred };
        } catch (error) {
          if (!isOutriderError(error) || !passes(error)) throw error;
          failures.push(error);
        }
      throw allFailed(roots, failures);
    },
  };
}

async function takeFrom(
  fileSystem: FileSystem,
  root: string,
  request: ObtainRequest,
  copying: CopyOptions,
): Promise<number> {
  const folder = join(root, "packages");
  let kind: string | undefined;
  try {
    kind = (await fileSystem.stat(folder))?.kind;
  } catch (error) {
    throw new OutriderError("UNAVAILABLE", `The share ${root} cannot be read.`, {
      subject: root,
      cause: error,
    });
  }
  if (kind !== "directory")
    throw new OutriderError("UNAVAILABLE", `The share ${root} has no folder "packages".`, {
      subject: root,
    });
  return copyArchive(fileSystem, join(folder, `${request.sha256}.outrider`), request, copying);
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
