/**
 * P1, P5 at both ends: a release key signed the manifest, a server key the digest of a hostile archive, and still no
 * agent installs it and no host takes it in.
 */
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { directoryHost } from "../../src/host/index.ts";
import { sealText } from "../../src/messages/index.ts";
import { sha256Hex } from "../../src/signing/index.ts";
import { TrustSet } from "../../src/trust/index.ts";
import { Bench } from "../support/agent-bench.ts";
import {
  hostileZip,
  placeArchive,
  trueArchive,
  type TrueArchive,
} from "../support/hostile-archive.ts";
import { hostileShapes } from "../support/hostile-shapes.ts";
import { contentBelow } from "../support/installed-content.ts";
import { MemoryDisk } from "../support/memory-disk.ts";
import { Publisher, type Release } from "../support/publisher.ts";

const current = "/machine/install/demo-app/current";
const files = { "a.txt": "alpha", "b/c.txt": "beta" };

let publisher: Publisher;
let good: TrueArchive;
let signatures: string[];
let before: MemoryDisk;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "outrider-hostile-"));
  publisher = await Publisher.start();
  const plain = trueArchive(files, {
    name: "demo-app",
    version: "2.0.0",
    releasedAt: publisher.simulator.now.toISOString(),
  });
  const { release } = publisher.simulator.signers;
  signatures = await Promise.all(release.map(({ source }) => source.sign(plain.manifest.bytes)));
  const armored = Buffer.from(signatures.join(""));
  good = {
    ...plain,
    entries: plain.entries.map((entry) =>
      entry.name === "manifest.json.asc" ? { ...entry, data: armored } : entry,
    ),
  };
  before = new MemoryDisk();
  await before.makeDirectory("/machine");
  const bench = await Bench.make({ publisher, fileSystem: before });
  await bench.deliver(await publisher.push(await publisher.release({ version: "1.0.0" })));
  await bench.receipts();
  await bench.clear();
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

function releaseOf(bytes: Uint8Array): Release {
  const text = new TextDecoder().decode(good.manifest.bytes);
  return {
    name: "demo-app",
    version: "2.0.0",
    manifest: sealText("manifest/1", text, signatures),
    archive: { bytes, sha256: sha256Hex(bytes), size: bytes.length },
    patches: [],
  };
}

/** What an agent on 1.0.0 has afterwards, and what it says. */
async function deliver(bytes: Uint8Array): Promise<{ runs: object; told: (string | undefined)[] }> {
  const disk = before.clone();
  await disk.remove("/machine/data/lock");
  const bench = await Bench.make({ publisher, fileSystem: disk });
  await bench.deliver(await publisher.push(releaseOf(bytes)));
  const told = (await bench.receipts()).map(({ outcome }) => outcome);
  await bench.clear();
  return { runs: contentBelow(disk, current), told };
}

/** What a host has afterwards. */
async function publish(bytes: Uint8Array): Promise<{ outcome: string; kept: string[] }> {
  const path = await mkdtemp(join(folder, "host-"));
  const host = await directoryHost({ path });
  const [sealed] = publisher.simulator.published;
  if (sealed === undefined) throw new Error("no trust document");
  const { now } = publisher.simulator;
  const placed = await placeArchive(join(path, "in"), bytes);
  const outcome = await host
    .publish(placed.path, { trust: TrustSet.open(sealed, { now }), now })
    .then(
      () => "published",
      (error: unknown) => (error as { code?: string }).code ?? String(error),
    );
  return { outcome, kept: await readdir(join(path, "archives")) };
}

test("the archive without a fault is taken in and installed: the shapes are refused for their fault alone", async () => {
  const bytes = hostileZip(good.entries);
  expect(await publish(bytes)).toMatchObject({ outcome: "published" });
  expect(await deliver(bytes)).toEqual({ runs: files, told: ["installed"] });
});

test("P1 T1 a server key that names a hostile archive keeps the release away no longer than until it is ordered anew", async () => {
  for (const [name, bytes] of hostileShapes(good).filter(([, bytes]) => bytes.length > 0)) {
    const disk = before.clone();
    await disk.remove("/machine/data/lock");
    const bench = await Bench.make({ publisher, fileSystem: disk });
    await bench.deliver(await publisher.push(releaseOf(bytes)));
    await bench.deliver(await publisher.push(releaseOf(hostileZip(good.entries))));
    await bench.clear();
    expect([name, contentBelow(disk, current)]).toEqual([name, files]);
  }
});

test("P1 P5 every shape: the agent stays on the old version and says so once, the host keeps nothing", async () => {
  const old = contentBelow(before, current);
  for (const [name, bytes] of hostileShapes(good)) {
    // An archive of no bytes cannot even be announced.
    const told = bytes.length === 0 ? [] : ["failed"];
    expect([name, await deliver(bytes)]).toEqual([name, { runs: old, told }]);
    const { outcome, kept } = await publish(bytes);
    expect([name, outcome]).toEqual([name, expect.stringMatching(/^(PACKAGE|DOCUMENT|JSON)_/)]);
    expect([name, kept]).toEqual([name, []]);
  }
});
