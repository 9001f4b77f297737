/** The scenario that crash, kill and fault tests share: version 1.0.0 runs on a disk in memory, 2.0.0 is pushed. */
import { expect } from "vitest";
import type { AgentOptions } from "../../src/agent/index.ts";
import type { FileSystem } from "../../src/ports/index.ts";
import type { Install } from "../../src/schema/index.ts";
import { Bench } from "./agent-bench.ts";
import { contentBelow } from "./installed-content.ts";
import { MemoryDisk } from "./memory-disk.ts";
import type { Publisher, Pushed, Release } from "./publisher.ts";

/** Where the product runs on the disk. */
export const current = "/machine/install/demo-app/current";

/** Content by path. */
export type Files = Readonly<Record<string, string>>;

/** A machine on the old version, and the order for the new one. */
export class Upgrade {
  readonly publisher: Publisher;
  readonly oldFiles: Files;
  readonly newFiles: Files;
  /** The machine before the order came. */
  readonly before: MemoryDisk;
  readonly pushed: Pushed;
  readonly options: Partial<AgentOptions>;

  private constructor(
    fields: Pick<Upgrade, "publisher" | "oldFiles" | "newFiles" | "before" | "pushed" | "options">,
  ) {
    this.publisher = fields.publisher;
    this.oldFiles = fields.oldFiles;
    this.newFiles = fields.newFiles;
    this.before = fields.before;
    this.pushed = fields.pushed;
    this.options = fields.options;
  }

  /** Installs the old version on a fresh disk and orders the new one. */
  static async prepare(
    publisher: Publisher,
    {
      oldFiles = {
        "app.txt": "old program\n",
        "lib/a.txt": "old library\n",
        "gone.txt": "only in the old one\n",
      },
      newFiles = {
        "app.txt": "new program, longer\n",
        "lib/a.txt": "new library\n",
        "lib/b.txt": "only in the new one\n",
      },
      install = { strategy: "directory" },
      options = {},
    }: {
      oldFiles?: Files;
      newFiles?: Files;
      install?: Install;
      options?: Partial<AgentOptions>;
    } = {},
  ): Promise<Upgrade> {
    const before = new MemoryDisk();
    await before.makeDirectory("/machine");
    const bench = await Bench.make({ publisher, fileSystem: before, ...options });
    const { healthCheck: _check, hooks: _hooks, ...plain } = install;
    const old: Release = await publisher.release({
      version: "1.0.0",
      files: oldFiles,
      install: plain,
    });
    expect(await bench.deliver(await publisher.push(old))).toMatchObject({ verdict: "handled" });
    await bench.receipts();
    await bench.clear();
    expect(contentBelow(before, current)).toEqual(oldFiles);
    const pushed = await publisher.push(
      await publisher.release({ version: "2.0.0", files: newFiles, install }),
    );
    return new Upgrade({ publisher, oldFiles, newFiles, before, pushed, options });
  }

  /** Another agent on this disk, as after a start of the machine: the process that held the lock is gone. */
  async machine(disk: MemoryDisk, fileSystem: FileSystem = disk): Promise<Bench> {
    await disk.remove("/machine/data/lock");
    return Bench.make({ ...this.options, publisher: this.publisher, fileSystem });
  }

  /** A higher version goes in after all that happened. */
  async expectStillInstallable(disk: MemoryDisk): Promise<void> {
    const bench = await this.machine(disk);
    const better = await this.publisher.push(await this.publisher.release({ version: "3.0.0" }));
    expect(await bench.deliver(better)).toMatchObject({ detail: "demo-app 3.0.0 is installed." });
    await bench.clear();
  }

  /** Starts an agent, brings the message again, and expects the new version, installed and reported once. */
  async expectRecovery(disk: MemoryDisk, sent: readonly Uint8Array[] = []): Promise<void> {
    const bench = await this.machine(disk);
    try {
      bench.sent.push(...sent);
      await bench.deliver(this.pushed);
      await bench.agent?.resume();
      expect(contentBelow(disk, current)).toEqual(this.newFiles);
      const status = await bench.agent?.status();
      expect(status?.installed["demo-app"]?.version).toBe("2.0.0");
      expect(status?.unfinished).toEqual([]);
      const receipts = (await bench.receipts()).filter(
        ({ package: { version }, outcome }) => version === "2.0.0" && outcome !== "deferred",
      );
      expect(receipts.map(({ outcome }) => outcome)).toEqual(["installed"]);
    } finally {
      await bench.clear();
    }
  }
}
