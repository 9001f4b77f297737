/**
 * Getting the archive: Fig. 4, steps 86–89. Walks the decision of `choice.ts` and falls back from one way to the next
 * while running. What came is not believed here: the obtainers hold it to the signed length and SHA-256, and `verify`
 * does so again.
 */
import { dirname } from "node:path";
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import type { FileSystem } from "../../ports/index.ts";
import type { Archive } from "../../schema/index.ts";
import type { Obtainer, ObtainRequest } from "../../transport/index.ts";
import type { AuthenticNotification } from "../admission/authenticate.ts";
import type { ObtainedArchiveFacts } from "../memory/journal.ts";
import { decideSources, waysTo, type Equipment, type SourcePolicy, type Way } from "./choice.ts";
import type { Probes } from "./probe.ts";
import { requireRoom } from "./room.ts";

declare const obtainedPackage: unique symbol;

/** An archive that lies in the deployment's private folder. Made only here. */
export interface ObtainedPackage {
  readonly [obtainedPackage]: true;
  readonly authentic: AuthenticNotification;
  readonly path: string;
  /** As it was signed. */
  readonly archive: Archive;
  readonly obtainer: string;
  /** Bytes that crossed the network or the share. */
  readonly transferred: number;
  readonly trace: readonly string[];
}

/**
 * Tries each source until one delivers.
 *
 * @throws SOURCE_NONE where none did, PACKAGE_DIGEST where one delivered something else than was signed, PARTS_MISSING
 * where mail still has to bring some of it
 */
export async function obtain(
  authentic: AuthenticNotification,
  options: {
    readonly obtainers: readonly Obtainer[];
    readonly policy?: SourcePolicy;
    readonly probes: Probes;
    readonly fileSystem: FileSystem;
    readonly keepFreeBytes?: number | undefined;
    readonly bytesPerSecond?: number | undefined;
    /** Where an archive is put. */
    readonly targetOf: (sha256: string) => string;
    readonly signal: AbortSignal;
    readonly installed?: string;
    readonly requestParts: NonNullable<ObtainRequest["requestParts"]>;
    readonly onProgress?: (bytes: number, size: number) => void;
  },
): Promise<ObtainedPackage> {
  const { notification: offer, raw } = authentic;
  const { attachment, shelf } = raw.incoming;
  const equipment: Equipment = {
    obtainers: options.obtainers,
    ...(attachment === undefined ? {} : { attachment }),
    ...(shelf?.archives === undefined ? {} : { beside: shelf.archives }),
    ...(options.installed === undefined ? {} : { installed: options.installed }),
    ...(options.policy === undefined ? {} : { policy: options.policy }),
  };
  const requestFor = ({ source, beside }: Way, archive: Archive): ObtainRequest => ({
    sha256: archive.sha256,
    size: archive.size,
    target: options.targetOf(archive.sha256),
    ...(source.kind === "http" ? { url: source.url } : {}),
    ...(source.kind === "email" ? { inParts: source } : {}),
    requestParts: options.requestParts,
    ...(beside === undefined ? {} : { beside }),
    ...(attachment === undefined ? {} : { attachment }),
    ...(options.bytesPerSecond === undefined ? {} : { bytesPerSecond: options.bytesPerSecond }),
    onProgress: (bytes) => options.onProgress?.(bytes, archive.size),
  });
  const [first] = offer.archives;
  const reach =
    first === undefined
      ? new Map()
      : await options.probes.ask(
          waysTo(offer.sources, equipment).ways,
          (way) => requestFor(way, first),
          options.signal,
        );
  const { attempts, trace } = decideSources(offer, equipment, reach);
  const tried = [...trace];
  const failures: unknown[] = [];
  for (const attempt of attempts) {
    const { archive, obtainer, name } = attempt;
    options.signal.throwIfAborted();
    try {
      await requireRoom(
        {
          what: "the archive",
          bytes: archive.size,
          folder: dirname(options.targetOf(archive.sha256)),
        },
        options,
      );
      const { path, transferred } = await obtainer.obtain(requestFor(attempt, archive), {
        signal: options.signal,
      });
      tried.push(`${name}: obtained${archive.base === undefined ? "" : " the patch"}`);
      return {
        authentic,
        path,
        archive,
        obtainer: obtainer.name,
        transferred,
        trace: tried,
      } as unknown as ObtainedPackage;
    } catch (error) {
      if (options.signal.aborted) throw error;
      failures.push(error);
      tried.push(`${name}: ${archive.base === undefined ? "" : "the patch: "}${codeOf(error)}`);
    }
  }
  const { name, version } = authentic.trigger.document.package;
  // What came was wrong: said so, though it is tried again like a source that was silent.
  const wrong = failures.find((error) => codeOf(error) === "PACKAGE_DIGEST");
  const onItsWay = failures.find((error) => codeOf(error) === "PARTS_MISSING");
  const soFar = onItsWay instanceof Error ? ` ${onItsWay.message}` : "";
  throw new OutriderError(
    wrong !== undefined
      ? "PACKAGE_DIGEST"
      : onItsWay === undefined
        ? "SOURCE_NONE"
        : "PARTS_MISSING",
    `No source delivered ${name} ${version} (${tried.join("; ")}).${soFar}`,
    { subject: name, cause: wrong ?? failures.at(-1) },
  );
}

/** The archive that an earlier run obtained and journalled; `verify` will hold it to its digest like a new one. */
export function reopenObtained(
  authentic: AuthenticNotification,
  { obtainer, transferred, ...archive }: ObtainedArchiveFacts,
  path: string,
): ObtainedPackage {
  return {
    authentic,
    path,
    archive,
    obtainer,
    transferred,
    trace: [],
  } as unknown as ObtainedPackage;
}

function codeOf(error: unknown): string {
  return isOutriderError(error)
    ? error.code
    : ((error as NodeJS.ErrnoException).code ?? "UNAVAILABLE");
}
