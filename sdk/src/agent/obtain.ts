/**
 * Getting the archive: Fig. 4, steps 86–89. `decideSources` is the figure's decision and is pure; `obtain` walks its
 * answer and falls back from one source to the next while running. What came is not believed here: the obtainers hold
 * it to the signed length and SHA-256, and `verify` does so again.
 */
import { dirname } from "node:path";
import { isOutriderError, OutriderError } from "../errors/index.ts";
import type { FileSystem } from "../ports/index.ts";
import type { Archive, Source } from "../schema/index.ts";
import type { Attachment, Obtainer } from "../transport/index.ts";
import type { AuthenticNotification } from "./authenticate.ts";

/** One way to try. */
export interface Attempt {
  readonly archive: Archive;
  readonly obtainer: Obtainer;
  readonly source: Source;
}

/** What may be tried, in order, and why. */
export interface SourceDecision {
  readonly attempts: readonly Attempt[];
  /** For people and the receipt: no paths. */
  readonly trace: readonly string[];
}

declare const obtainedPackage: unique symbol;

/** An archive that lies in the deployment's private folder. Made only here. */
export interface ObtainedPackage {
  readonly [obtainedPackage]: true;
  readonly authentic: AuthenticNotification;
  readonly path: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  readonly obtainer: string;
  /** Bytes that crossed the network or the share. */
  readonly transferred: number;
  readonly trace: readonly string[];
}

/**
 * Attached (86)? Then that. Else the server's sources in its order, as far as this agent is equipped for them:
 * `http`, the Internet utility (88), and `unc`, the push/pull utility (89).
 */
export function decideSources(
  offer: { readonly archives: readonly Archive[]; readonly sources: readonly Source[] },
  equipped: {
    readonly obtainers: readonly Obtainer[];
    readonly attachment: Attachment | undefined;
    readonly installed?: string;
  },
): SourceDecision {
  const trace: string[] = [];
  const archives = offer.archives.filter(
    ({ base }) => base === undefined || base === equipped.installed,
  );
  const full = archives.filter(({ base }) => base === undefined);
  const sources = offer.sources.toSorted(
    (a, b) => Number(b.kind === "attached") - Number(a.kind === "attached"),
  );
  const attempts: Attempt[] = [];
  for (const source of sources) {
    const obtainer = equipped.obtainers.find(({ name }) => name === source.kind);
    if (source.kind === "attached" && equipped.attachment === undefined)
      trace.push("attached: nothing came along");
    else if (obtainer === undefined) trace.push(`${source.kind}: not equipped for it`);
    else for (const archive of full) attempts.push({ archive, obtainer, source });
  }
  return { attempts, trace };
}

/**
 * Tries each source until one delivers.
 *
 * @throws SOURCE_NONE where none did, PACKAGE_DIGEST where one delivered something else than was signed
 */
export async function obtain(
  authentic: AuthenticNotification,
  options: {
    readonly obtainers: readonly Obtainer[];
    readonly fileSystem: FileSystem;
    readonly target: string;
    readonly signal: AbortSignal;
    readonly installed?: string;
    readonly onProgress?: (bytes: number, size: number) => void;
  },
): Promise<ObtainedPackage> {
  const { attachment } = authentic.raw.incoming;
  const { attempts, trace } = decideSources(authentic.notification, {
    obtainers: options.obtainers,
    attachment,
    ...(options.installed === undefined ? {} : { installed: options.installed }),
  });
  const tried = [...trace];
  const failures: unknown[] = [];
  for (const { archive, obtainer, source } of attempts) {
    options.signal.throwIfAborted();
    try {
      await checkSpace(archive, options);
      const { path, transferred } = await obtainer.obtain(
        {
          sha256: archive.sha256,
          size: archive.size,
          target: options.target,
          ...(source.kind === "http" ? { url: source.url } : {}),
          ...(attachment === undefined ? {} : { attachment }),
          onProgress: (bytes) => options.onProgress?.(bytes, archive.size),
        },
        { signal: options.signal },
      );
      tried.push(`${source.kind}: obtained`);
      const { sha256, size } = archive;
      return {
        authentic,
        path,
        sha256,
        size,
        obtainer: obtainer.name,
        transferred,
        trace: tried,
      } as unknown as ObtainedPackage;
    } catch (error) {
      if (options.signal.aborted) throw error;
      failures.push(error);
      tried.push(`${source.kind}: ${codeOf(error)}`);
    }
  }
  const { name, version } = authentic.trigger.document.package;
  // What came was wrong: said so, though it is tried again like a source that was silent.
  const wrong = failures.find((error) => codeOf(error) === "PACKAGE_DIGEST");
  throw new OutriderError(
    wrong === undefined ? "SOURCE_NONE" : "PACKAGE_DIGEST",
    `No source delivered ${name} ${version} (${tried.join("; ")}).`,
    { subject: name, cause: wrong ?? failures.at(-1) },
  );
}

/** The archive that an earlier run obtained and journalled; `verify` will hold it to its digest like a new one. */
export function reopenObtained(
  authentic: AuthenticNotification,
  journalled: {
    readonly sha256: string;
    readonly size: number;
    readonly obtainer: string;
    readonly transferred: number;
  },
  path: string,
): ObtainedPackage {
  return { authentic, path, ...journalled, trace: [] } as unknown as ObtainedPackage;
}

async function checkSpace(
  { size }: Archive,
  { fileSystem, target }: { readonly fileSystem: FileSystem; readonly target: string },
): Promise<void> {
  const free = await fileSystem.freeBytes(dirname(target));
  if (free < size)
    throw new OutriderError(
      "SPACE",
      `The archive has ${size} bytes; ${free} are free beside ${target}.`,
      { subject: target },
    );
}

function codeOf(error: unknown): string {
  return isOutriderError(error)
    ? error.code
    : ((error as NodeJS.ErrnoException).code ?? "UNAVAILABLE");
}
