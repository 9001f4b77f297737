/** What every package host must keep, as cases for whichever adapter is set up. */
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import type { PackageHost } from "../../src/host/index.ts";
import { testKey } from "../support/keys.ts";
import { Vendor } from "../support/vendor.ts";

/** A host, set up for one case. */
export interface HostUnderTest {
  /** Opens it; called again after a "restart", or as another machine. */
  open(folder: string): Promise<PackageHost>;
}

/** What a case is given. */
interface Ground {
  readonly vendor: Vendor;
  readonly host: PackageHost;
  /** Opens what is there once more, in the same folder or in another. */
  readonly again: (folder?: string) => Promise<PackageHost>;
}

/** One case. */
export interface HostCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** The cases. @param setup makes a fresh, empty host for each. */
export function hostConformance(
  setup: () => Promise<HostUnderTest & AsyncDisposable>,
): readonly HostCase[] {
  return Object.entries(cases).map(([name, work]) => ({
    name,
    run: async () => {
      const vendor = await Vendor.open();
      await using subject = await setup();
      const again = (folder = "one"): Promise<PackageHost> =>
        subject.open(join(vendor.directory, folder));
      try {
        await work({ vendor, host: await again(), again });
      } finally {
        await vendor.close();
      }
    },
  }));
}

const optionsOf = ({ trust, simulator }: Vendor) => ({ trust, now: simulator.now });

const cases: Readonly<Record<string, (ground: Ground) => Promise<void>>> = {
  async "finds a release by its manifest and an archive by its digest, also after a restart"({
    vendor,
    host,
    again,
  }) {
    const built = await vendor.build("demo-app", "1.0.0");
    const published = await host.publish(built, optionsOf(vendor));
    for (const opened of [host, await again()]) {
      expect(await opened.find(published.manifestSha256)).toEqual(published);
      const archive = await opened.archive(published.archives[0]!.sha256);
      const bytes = await readFile(archive!.path);
      expect(createHash("sha256").update(bytes).digest("hex")).toBe(archive!.sha256);
      expect(bytes.equals(await readFile(join(built, "demo-app-1.0.0.outrider")))).toBe(true);
      const listed = (await opened.list()).map(({ name, version }) => `${name} ${version}`);
      expect(listed).toEqual(["demo-app 1.0.0"]);
    }
  },

  async "publishing the same again changes nothing; another manifest under the version is refused"({
    vendor,
    host,
  }) {
    const built = await vendor.build("demo-app", "1.0.0");
    const first = await host.publish(built, optionsOf(vendor));
    expect(await host.publish(built, optionsOf(vendor))).toEqual(first);
    const other = await Vendor.open();
    other.simulator.pass(1);
    try {
      const conflicting = await other.build("demo-app", "1.0.0", "other contents");
      await expect(host.publish(conflicting, optionsOf(other))).rejects.toMatchObject({
        code: "PACKAGE_CONFLICT",
      });
      expect((await host.list()).map(({ manifest }) => manifest)).toEqual([first.manifestSha256]);
    } finally {
      await other.close();
    }
  },

  async "what is not signed, by a stranger, or not what was signed leaves nothing behind"({
    vendor,
    host,
  }) {
    const folder = await vendor.build("demo-app", "1.0.0");
    const bytes = await readFile(join(folder, "demo-app-1.0.0.outrider"));
    const changed = join(vendor.directory, "changed.outrider");
    for (const at of [0, 40, Math.floor(bytes.length / 2), bytes.length - 1]) {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1;
      await writeFile(changed, copy);
      await expect(host.publish(changed, optionsOf(vendor))).rejects.toMatchObject({
        code: expect.stringMatching(/^(PACKAGE|SIGNATURE|KEY|DOCUMENT|JSON)_/),
      });
    }
    vendor.simulator.signers.release = [testKey("mallory", { at: vendor.simulator.now })];
    const foreign = await vendor.build("evil-app", "1.0.0");
    await expect(host.publish(foreign, optionsOf(vendor))).rejects.toMatchObject({
      code: "KEY_UNKNOWN",
    });
    expect(await host.list()).toEqual([]);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    expect(await host.archive(sha256)).toBeUndefined();
  },

  async "nothing is found under names that are not digests"({ vendor, host }) {
    await host.publish(await vendor.build("demo-app", "1.0.0"), optionsOf(vendor));
    for (const name of ["", "..", "../server/store.sqlite", "x".repeat(64), "A".repeat(64)]) {
      expect(await host.find(name)).toBeUndefined();
      expect(await host.archive(name)).toBeUndefined();
    }
    expect(await host.find("0".repeat(64))).toBeUndefined();
    expect(await host.archive("0".repeat(64))).toBeUndefined();
  },

  async "says how far it is, and can be cancelled"({ vendor, host }) {
    const content = Array.from({ length: 300_000 }, () => Math.random()).join("");
    const folder = await vendor.build("demo-app", "1.0.0", content);
    const aborted = { ...optionsOf(vendor), signal: AbortSignal.abort() };
    await expect(host.publish(folder, aborted)).rejects.toMatchObject({ code: "CANCELLED" });
    expect(await host.list()).toEqual([]);
    const seen: [number, number][] = [];
    const onProgress = (bytes: number, total: number): unknown => seen.push([bytes, total]);
    await host.publish(folder, { ...optionsOf(vendor), onProgress });
    expect(seen.at(-1)![0]).toBe(seen.at(-1)![1]);
  },
};
