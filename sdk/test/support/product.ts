/** What a product that embeds an agent needs on disk: trust, a notification and its archive. */
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { Publisher } from "./publisher.ts";

/** Writes into the folder `trust.json`, `message.json`, and `share/` with the archive of demo-app 1.0.0. */
export async function prepareProduct(folder: string): Promise<void> {
  const publisher = await Publisher.start(new Date());
  const release = await publisher.release({ version: "1.0.0" });
  const pushed = await publisher.push(release, { notification: { sources: [{ kind: "unc" }] } });
  const [trust] = publisher.simulator.published;
  if (trust === undefined) throw new Error("no trust document");
  const archives = join(folder, "share", "packages");
  await mkdir(archives, { recursive: true });
  await writeFile(join(folder, "trust.json"), encodeEnvelope(trust));
  await writeFile(join(folder, "message.json"), pushed.bytes);
  await writeFile(join(archives, `${release.archive.sha256}.outrider`), release.archive.bytes);
}
