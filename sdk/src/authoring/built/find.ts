/**
 * The packages that `outrider build` has left beside a source manifest: `dist/NAME-VERSION`. Nobody has vouched for
 * them; what cannot be read is left out.
 */
import { join } from "node:path";
import { isOutriderError } from "../../errors/index.ts";
import { sealText, type SealedDocument } from "../../messages/index.ts";
import { archivesAmong } from "../../package/index.ts";
import { readWhole } from "../../ports/index.ts";
import {
  decodeText,
  readDocumentText,
  validateManifest,
  type Manifest,
} from "../../schema/index.ts";
import type { Folder } from "../package/file-sets.ts";

/** One of them. */
export interface BuiltPackage {
  /** Absolute path of its folder. */
  readonly directory: string;
  readonly manifest: Manifest;
  readonly sealed: SealedDocument<"manifest/1">;
  /** Milliseconds since 1970: when the manifest was written. */
  readonly builtAtMs: number;
  /** Of the full archive. */
  readonly archiveBytes: number | undefined;
}

/** Where `build` leaves packages unless it is told otherwise. */
export const buildFolder = "dist";

const maxManifestBytes = 32 * 1024 * 1024;
const mostBuilt = 200;

/** Every built package of this name. */
export async function findBuilt(name: string, folder: Folder): Promise<BuiltPackage[]> {
  const found: BuiltPackage[] = [];
  const parent = join(folder.root, buildFolder);
  const names = (await namesIn(parent, folder)).filter((entry) => entry.startsWith(`${name}-`));
  for (const entry of names.slice(-mostBuilt)) {
    const built = await readBuilt(join(parent, entry), folder);
    if (built?.manifest.name === name) found.push(built);
  }
  return found;
}

/** The package in a folder; `undefined` where there is none that can be read. */
export async function readBuilt(
  directory: string,
  { fileSystem }: Pick<Folder, "fileSystem">,
): Promise<BuiltPackage | undefined> {
  const path = join(directory, "manifest.json");
  try {
    const facts = await fileSystem.stat(path);
    if (facts?.kind !== "file") return undefined;
    const read = async (file: string): Promise<string> =>
      decodeText(await readWhole(fileSystem, file, maxManifestBytes), file);
    const text = await read(path);
    const isSigned = (await fileSystem.stat(`${path}.asc`))?.kind === "file";
    const full = archivesAmong(await fileSystem.list(directory))?.full;
    const archive = full === undefined ? undefined : await fileSystem.stat(join(directory, full));
    return {
      directory,
      manifest: readDocumentText(text, validateManifest, path),
      sealed: sealText("manifest/1", text, isSigned ? [await read(`${path}.asc`)] : []),
      builtAtMs: facts.modifiedAtMs,
      archiveBytes: archive?.size,
    };
  } catch (error) {
    if (isOutriderError(error) || isSystemError(error)) return undefined;
    throw error;
  }
}

async function namesIn(directory: string, { fileSystem }: Folder): Promise<readonly string[]> {
  try {
    return await fileSystem.list(directory);
  } catch {
    return []; // nothing was built yet
  }
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && "syscall" in error;
}
