/** A vendor's releases laid out in a tree, as the server's share transport writes it: archives, notifications, catalog. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeEnvelope } from "../../src/messages/index.ts";
import type { Catalog } from "../../src/schema/index.ts";
import { sha256Hex } from "../../src/signing/index.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { testFolder } from "./archives.ts";
import { testDelivery } from "./delivery.ts";
import type { Publisher, Pushed } from "./publisher.ts";

/** The catalog's envelope that shows these, the newest of each package last. */
export async function catalogOf(
  publisher: Publisher,
  pushes: readonly Pushed[],
  changes: Partial<Catalog> = {},
): Promise<Uint8Array> {
  const current = pushes.map(({ trigger, notification, release, bytes }) => ({
    ...publisher.simulator.catalogEntry({ trigger, notification, manifest: release.manifest }),
    notification: sha256Hex(bytes),
  }));
  return encodeEnvelope(await publisher.simulator.catalog([], { current, ...changes }));
}

/** Writes them below a root. @returns the catalog that was written last */
export async function layOut(
  publisher: Publisher,
  root: string,
  pushes: readonly Pushed[],
  changes: Partial<Catalog> = {},
): Promise<Uint8Array> {
  const catalog = await catalogOf(publisher, pushes, changes);
  await using folder = await testFolder();
  const sender = uncSender({ root });
  for (const { release, bytes } of pushes) {
    const { sha256, size, bytes: archive } = release.archive;
    const path = join(folder.path, sha256);
    await writeFile(path, archive);
    const delivery = testDelivery(["share"]);
    await sender.send({ ...delivery, envelope: bytes, attachment: { path, sha256, size } });
  }
  await sender.publish({ catalog });
  return catalog;
}
