/** One phase in a process of its own, or with `start` none; prints its peak memory in MB. */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPackage, sealPackage } from "../../sdk/src/package/build/index.ts";
import { extractArchive, openArchive } from "../../sdk/src/package/index.ts";
import { readDocumentText, validateManifest } from "../../sdk/src/schema/index.ts";
import type { TrustedKey } from "../../sdk/src/schema/index.ts";
import {
  agentKeySource,
  createAgentKey,
  trustAgentKey,
  verifySignature,
} from "../../sdk/src/signing/index.ts";

interface Pinned {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
  readonly key: TrustedKey;
}

const [phase, folder = ""] = process.argv.slice(2);
const pinned = join(folder, "pinned.json");

if (phase === "build") await buildOnly();
else if (phase === "sign") await signAndSeal();
else if (phase === "extract") await verifyAndExtract();
process.stdout.write(String(Math.round(process.resourceUsage().maxRSS / 1024)));

async function buildOnly(): Promise<void> {
  await buildPackage({
    sourceFile: join(folder, "outrider.json"),
    outputDirectory: join(folder, "out"),
    releasedAt: new Date(0),
    force: true,
  });
}

async function signAndSeal(): Promise<void> {
  const directory = join(folder, "out/bench-1.0.0");
  const key = createAgentKey();
  const signatures = await agentKeySource(key).sign(readFileSync(join(directory, "manifest.json")));
  const { archivePath: path, sha256, size } = await sealPackage({ directory, signatures });
  const content: Pinned = {
    path,
    sha256,
    size,
    key: trustAgentKey(key, "bench", new Date(Date.now() + 1e9)),
  };
  writeFileSync(pinned, JSON.stringify(content));
}

async function verifyAndExtract(): Promise<void> {
  const { key, ...expected } = JSON.parse(readFileSync(pinned, "utf8")) as Pinned;
  const archive = await openArchive(expected);
  const { manifestBytes: bytes, manifestText, signatures } = archive.head;
  verifySignature(bytes, signatures[0] ?? "", [key], new Date());
  const document = readDocumentText(manifestText, validateManifest, "manifest.json");
  await extractArchive(archive, {
    manifest: { document, bytes },
    targetDirectory: join(folder, "extracted"),
  });
  await archive.close();
}
