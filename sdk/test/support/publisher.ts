/**
 * The simulator's vendor with real packages: what it announces can be obtained, opened and installed.
 * Archives are built once in a temporary folder and then kept as bytes, for tests that have no disk.
 */
import { mkdtemp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { encodeEnvelope, sealText, type SealedDocument } from "../../src/messages/index.ts";
import { buildPackage, sealPackage } from "../../src/package/build/index.ts";
import type { Install, Notification, SourceManifest, Trigger } from "../../src/schema/index.ts";
import { sha256Hex } from "../../src/signing/index.ts";
import { seal, Simulator } from "./simulator.ts";

/** A signed release and its archive. */
export interface Release {
  readonly name: string;
  readonly version: string;
  readonly manifest: SealedDocument<"manifest/1">;
  readonly archive: ReleasedArchive;
  /** One for each of `from`, in its order. */
  readonly patches: readonly (ReleasedArchive & { readonly base: string })[];
}

/** An archive in memory. */
export interface ReleasedArchive {
  readonly bytes: Uint8Array;
  readonly sha256: string;
  readonly size: number;
}

/** What a release is made of. */
export interface ReleaseOptions {
  readonly name?: string;
  readonly version: string;
  /** Content by path. */
  readonly files?: Readonly<Record<string, string>>;
  readonly install?: Install;
  readonly source?: Partial<SourceManifest>;
  /** Earlier releases for which there are patches. */
  readonly from?: readonly Release[];
}

/** A vendor whose packages are real. */
export class Publisher {
  readonly simulator: Simulator;

  constructor(simulator: Simulator) {
    this.simulator = simulator;
  }

  static async start(now?: Date): Promise<Publisher> {
    return new Publisher(await Simulator.start(now));
  }

  /** Builds, signs and seals. */
  async release(options: ReleaseOptions): Promise<Release> {
    const { name = "demo-app", version, install = { strategy: "directory" } } = options;
    const files = options.files ?? {
      "app.txt": `${name} ${version}\n`,
      "data/list.txt": "1\n2\n3\n",
    };
    const directory = await mkdtemp(join(tmpdir(), "outrider-publisher-"));
    try {
      for (const [path, content] of Object.entries(files)) {
        await mkdir(dirname(join(directory, "payload", path)), { recursive: true });
        await writeFile(join(directory, "payload", path), content);
      }
      const source: SourceManifest = {
        name,
        version,
        install,
        ...(options.source?.variants === undefined
          ? { files: [{ from: "payload/**", base: "payload" }] }
          : {}),
        ...options.source,
      };
      const sourceFile = join(directory, "outrider.json");
      await writeFile(sourceFile, JSON.stringify(source));
      const releasedAt = this.simulator.now;
      const from: string[] = [];
      for (const earlier of options.from ?? []) {
        const path = join(directory, `${earlier.version}.outrider`);
        await writeFile(path, earlier.archive.bytes);
        from.push(path);
      }
      const built = await buildPackage({
        sourceFile,
        outputDirectory: join(directory, "out"),
        releasedAt,
        threads: 1,
        level: 1,
        from,
      });
      const text = new TextEncoder().encode(built.manifestText);
      const signatures = await Promise.all(
        this.simulator.signers.release.map(({ source: key }) => key.sign(text)),
      );
      const sealed = await sealPackage({
        directory: built.directory,
        signatures: signatures.join(""),
      });
      const patches = built.patches.map(async ({ name, base: { manifest } }) => ({
        ...(await read(join(built.directory, name))),
        base: manifest,
      }));
      return {
        name,
        version,
        manifest: sealText("manifest/1", built.manifestText, signatures),
        archive: await read(sealed.archivePath),
        patches: await Promise.all(patches),
      };
    } finally {
      await rm(directory, { recursive: true, force: true });
    }
  }

  /** Orders a release and announces it. */
  async push(
    release: Release,
    changes: {
      readonly trigger?: Partial<Trigger>;
      readonly notification?: Partial<Notification>;
      readonly inline?: boolean;
    } = {},
  ): Promise<Pushed> {
    const trigger = await seal(
      "trigger/1",
      this.simulator.trigger(release.manifest, changes.trigger),
      this.simulator.signers.push,
    );
    return this.announce(release, trigger, changes);
  }

  /** Another notification of the same order. */
  async announce(
    release: Release,
    trigger: SealedDocument<"trigger/1">,
    changes: { readonly notification?: Partial<Notification>; readonly inline?: boolean } = {},
  ): Promise<Pushed> {
    const { sha256, size } = release.archive;
    const patches = release.patches.map(({ bytes: _bytes, ...archive }) => archive);
    const document = this.simulator.notification(
      trigger,
      changes.inline === false ? undefined : release.manifest,
      {
        archives: [{ sha256, size }, ...patches],
        sources: [{ kind: "http", url: "http://packages.test/packages/" }],
        ...changes.notification,
      },
    );
    const notification = await seal("notification/1", document, this.simulator.signers.server);
    return { release, trigger, notification, bytes: encodeEnvelope(notification), document };
  }
}

async function read(path: string): Promise<ReleasedArchive> {
  const bytes = await readFile(path);
  return { bytes, sha256: sha256Hex(bytes), size: bytes.length };
}

/** An order on its way. */
export interface Pushed {
  readonly release: Release;
  readonly trigger: SealedDocument<"trigger/1">;
  readonly notification: SealedDocument<"notification/1">;
  readonly document: Notification;
  /** The notification's envelope. */
  readonly bytes: Uint8Array;
}
