/** The same share where it is mounted: through FUSE, by another program's SMB client, below our directories. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { uncObtainer } from "../../src/obtain/unc/index.ts";
import { transportConformance } from "../../src/testing/index.ts";
import { uncReceiver } from "../../src/transports/unc/receiver/index.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { mountShare, type MountedShare } from "../servers/mounted-share.ts";
import { startSamba, type Samba } from "../servers/samba.ts";
import { testArchive, testFolder } from "../support/archives.ts";
import { testDelivery } from "../support/delivery.ts";

let samba: Samba | undefined;
let publisher: MountedShare | undefined;
let agent: MountedShare | undefined;
beforeAll(async () => {
  samba = await startSamba();
  if (samba === undefined) return;
  publisher = await mountShare(samba, "pkg", "publisher");
  agent = await mountShare(samba, "pkg", "agent");
});
afterAll(async () => {
  await publisher?.[Symbol.asyncDispose]();
  await agent?.[Symbol.asyncDispose]();
  await samba?.[Symbol.asyncDispose]();
});

let sites = 0;

describe("transport conformance: unc, mounted", () => {
  const cases = transportConformance(async () => {
    if (publisher === undefined || agent === undefined) throw new Error("nothing is mounted");
    const folder = await testFolder();
    const site = `site-${++sites}`;
    const [from, to] = [join(publisher.path, site), join(agent.path, site)];
    return {
      sender: uncSender({ root: from }),
      address: "share",
      openReceiver: () => uncReceiver({ root: to, pollMs: 20, maxBackoffMs: 40 }),
      directory: folder.path,
      attaches: false,
      showsCatalog: true,
      close: () => folder[Symbol.asyncDispose](),
    };
  });
  test.each(cases)("$name", async ({ run }) => {
    if (publisher === undefined || agent === undefined) return;
    await expect(run()).resolves.toBeUndefined();
  });
});

test("an archive goes over the mount and comes back verified", async () => {
  if (publisher === undefined || agent === undefined) return;
  await using folder = await testFolder();
  const archive = testArchive(3_000_000);
  await writeFile(folder.at("source"), archive.bytes);
  const { sha256, size } = archive;
  const attachment = { path: folder.at("source"), sha256, size };
  const site = `site-${++sites}`;
  await uncSender({ root: join(publisher.path, site) }).send(
    testDelivery(["share"], { attachment }),
  );
  const obtained = await uncObtainer({ roots: [join(agent.path, site)] }).obtain(
    { sha256, size, target: folder.at("archive") },
    { signal: new AbortController().signal },
  );
  expect(obtained.transferred).toBe(size);
  expect((await readFile(obtained.path)).equals(archive.bytes)).toBe(true);
});
