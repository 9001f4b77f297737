/** What the server of the workspace has on its host already, where that is a folder of this machine (host/shelf.ts). */
import { dirname, join, resolve } from "node:path";
import { readWhole } from "../../ports/index.ts";
import type { Surroundings } from "../surroundings.ts";

/** A release that is published. */
export interface PublishedRelease {
  readonly name: string;
  readonly version: string;
  /** SHA-256 of the manifest's exact text. */
  readonly manifest: string;
}

const maxRecordBytes = 34 * 1024 * 1024;
const mostRecords = 500;

/** Every release of this name; none where there is no server, or its host lies elsewhere. */
export async function findPublished(
  name: string,
  { server, fileSystem }: Surroundings,
): Promise<PublishedRelease[]> {
  if (server === undefined) return [];
  const data = resolve(dirname(server.path), server.document.dataDirectory);
  const folder = join(data, "host", "releases");
  const found: PublishedRelease[] = [];
  try {
    for (const file of (await fileSystem.list(folder)).slice(0, mostRecords)) {
      const record = read(await readWhole(fileSystem, join(folder, file), maxRecordBytes));
      if (record?.name === name) found.push(record);
    }
  } catch {
    return found; // not ours to read: the server tells what it has when something is published
  }
  return found;
}

function read(bytes: Uint8Array): PublishedRelease | undefined {
  try {
    const { name, version, manifest } = JSON.parse(
      new TextDecoder().decode(bytes),
    ) as Partial<PublishedRelease>;
    return typeof name === "string" && typeof version === "string" && typeof manifest === "string"
      ? { name, version, manifest }
      : undefined;
  } catch {
    return undefined; // half-written: a release is there when its record is whole
  }
}
