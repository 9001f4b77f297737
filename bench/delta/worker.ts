/** One step of ours in a process of its own: `build HOME VERSION [FROM]`, `install HOME VERSION`, `apply HOME VERSION FROM`. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildPackage } from "../../sdk/src/package/build/index.ts";
import {
  extractArchive,
  installedBase,
  openUnpinnedArchive,
  type BaseRelease,
} from "../../sdk/src/package/index.ts";
import { nodeFileSystem as fileSystem } from "../../sdk/src/ports/index.ts";
import { readDocumentText, validateManifest } from "../../sdk/src/schema/index.ts";

const [step, home = "", version = "", from] = process.argv.slice(2);
if (step === "build") await make();
else if (step === "install") await extract(version, join(home, "installed"));
else await apply();

async function make(): Promise<void> {
  await buildPackage({
    sourceFile: join(home, version, "outrider.json"),
    outputDirectory: join(home, "out"),
    releasedAt: new Date(0),
    from: from === undefined ? [] : [archiveOf(from)],
  });
}

async function apply(): Promise<void> {
  const bytes = readFileSync(join(home, `out/bench-${from}/manifest.json`));
  const document = readDocumentText(bytes.toString(), validateManifest, "manifest.json");
  const base = installedBase({
    manifest: { document, bytes },
    manifestSha256: createHash("sha256").update(bytes).digest("hex"),
    variant: undefined,
    directory: join(home, "installed"),
    fileSystem,
  });
  await extract(version, join(home, "applied"), base);
}

async function extract(
  release: string,
  targetDirectory: string,
  base?: BaseRelease,
): Promise<void> {
  rmSync(targetDirectory, { recursive: true, force: true });
  const archive = await openUnpinnedArchive(archiveOf(release, base !== undefined));
  const { manifestBytes: bytes, manifestText } = archive.head;
  const document = readDocumentText(manifestText, validateManifest, "manifest.json");
  await extractArchive(archive, { manifest: { document, bytes }, targetDirectory, base });
  await archive.close();
}

function archiveOf(release: string, patch = false): string {
  const directory = join(home, `out/bench-${release}`);
  const names = readdirSync(directory).filter((name) => name.endsWith(".outrider"));
  return join(directory, names.find((name) => name.includes(".from-") === patch) ?? "");
}
