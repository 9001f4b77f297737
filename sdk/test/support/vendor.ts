/**
 * A vendor whose server is real: trust documents of the Simulator, packages built, signed and published on a host in a
 * temporary folder, the embedded store, and senders that only write down what they were given.
 */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directoryHost, type PackageHost, type PublishedPackage } from "../../src/host/index.ts";
import type { ServerStore } from "../../src/ledger/index.ts";
import { encodeEnvelope, type DocumentType, type Documents } from "../../src/messages/index.ts";
import { buildPackage, sealPackage } from "../../src/package/build/index.ts";
import { nodeFileSystem, readWhole } from "../../src/ports/index.ts";
import type { Receipt, RegisteredAgent } from "../../src/schema/index.ts";
import {
  createServer,
  type Server,
  type ServerOptions,
  type ServerTransport,
} from "../../src/server/index.ts";
import { sqliteStore } from "../../src/store/sqlite/index.ts";
import type { Delivery, DeliveryOutcome } from "../../src/transport/index.ts";
import { createTrigger, type TriggerOptions } from "../../src/trigger/index.ts";
import type { TrustSet } from "../../src/trust/index.ts";
import { testKey, type TestKey } from "./keys.ts";
import { seal, Simulator } from "./simulator.ts";

/** A sender that writes down what it was given, and answers as it is told. */
export interface RecordingTransport extends ServerTransport {
  readonly deliveries: Delivery[];
  /** What becomes of each recipient. */
  answer: (agent: string, delivery: Delivery) => DeliveryOutcome["outcome"];
}

/** Makes one. */
export function recordingTransport(
  name: string,
  carriage: ServerTransport["carriage"],
  more: Partial<ServerTransport> = {},
): RecordingTransport {
  const transport: RecordingTransport = {
    carriage,
    deliveries: [],
    answer: () => "accepted",
    sender: {
      name,
      async send(delivery) {
        transport.deliveries.push(delivery);
        return delivery.recipients.map(({ agent }) => ({
          agent,
          outcome: transport.answer(agent, delivery),
          detail: "recorded",
        }));
      },
    },
    ...more,
  };
  return transport;
}

/** The vendor and everything that is his. */
export class Vendor {
  readonly simulator: Simulator;
  readonly directory: string;
  readonly trust: TrustSet;
  readonly host: PackageHost;
  readonly email: RecordingTransport = recordingTransport("email", "message");
  readonly share: RecordingTransport = recordingTransport("unc", "share");
  readonly agentKeys: Map<string, TestKey> = new Map();
  store: ServerStore;
  server: Server;
  readonly #changes: Partial<ServerOptions>;
  readonly #counters = new Map<string, number>();

  private constructor(
    simulator: Simulator,
    directory: string,
    host: PackageHost,
    changes: Partial<ServerOptions>,
  ) {
    this.simulator = simulator;
    this.directory = directory;
    this.host = host;
    this.trust = simulator.client();
    this.#changes = changes;
    this.store = sqliteStore({ path: join(directory, "server", "store.sqlite") });
    this.server = this.#open();
  }

  /** With a host, a store and a server, none of them started. */
  static async open(changes: Partial<ServerOptions> = {}, now?: Date): Promise<Vendor> {
    const directory = await mkdtemp(join(tmpdir(), "outrider-vendor-"));
    const host = await directoryHost({ path: join(directory, "host") });
    return new Vendor(await Simulator.start(now), directory, host, changes);
  }

  #open(): Server {
    return createServer({
      trust: this.trust,
      key: onlyOne(this.simulator.signers.server[0]).source,
      store: this.store,
      packages: this.host,
      transports: [this.email, this.share],
      dataDirectory: join(this.directory, "server"),
      clock: { now: () => this.simulator.now },
      publicUrl: "http://packages.example/",
      tickMs: 20,
      ...this.#changes,
    });
  }

  /** As after a crash or an update: everything from what is on the disk. */
  async restart(): Promise<void> {
    await this.server.close();
    await this.store.close();
    this.store = sqliteStore({ path: join(this.directory, "server", "store.sqlite") });
    this.server = this.#open();
  }

  async close(): Promise<void> {
    await this.server.close();
    await this.store.close();
    await rm(this.directory, { recursive: true, force: true });
  }

  /** Builds, signs and publishes a package with one file, with patches from these archives. */
  async publish(
    name: string,
    version: string,
    content = `${name} ${version}`,
    from: readonly string[] = [],
  ): Promise<PublishedPackage> {
    return this.host.publish(await this.build(name, version, content, from), {
      trust: this.trust,
      now: this.simulator.now,
    });
  }

  /** Builds and signs it, with patches from these archives; returns its folder. */
  async build(
    name: string,
    version: string,
    content = `${name} ${version}`,
    from: readonly string[] = [],
  ): Promise<string> {
    const source = join(this.directory, "source", `${name}-${version}`);
    await mkdir(source, { recursive: true });
    await writeFile(join(source, "app.txt"), content);
    await writeFile(
      join(source, "outrider.json"),
      JSON.stringify({
        name,
        version,
        files: [{ from: "app.txt" }],
        install: { strategy: "directory" },
      }),
    );
    const built = await buildPackage({
      sourceFile: join(source, "outrider.json"),
      outputDirectory: join(this.directory, "built"),
      releasedAt: this.simulator.now,
      from,
    });
    const bytes = await readWhole(nodeFileSystem, built.manifestPath, 1_000_000);
    const signatures = await Promise.all(
      this.simulator.signers.release.map(({ source }) => source.sign(bytes)),
    );
    const folder = built.directory;
    await sealPackage({ directory: folder, signatures: signatures.join("") });
    return folder;
  }

  /** Registers agents with a key each; by mail unless said otherwise. */
  async enrol(
    agents: readonly (Partial<RegisteredAgent> & { readonly id: string })[],
  ): Promise<void> {
    const registered = agents.map((agent): RegisteredAgent => {
      const key = testKey(agent.id, { at: this.simulator.now });
      this.agentKeys.set(agent.id, key);
      return {
        groups: ["tills"],
        addresses: { email: `${agent.id}@shop.example` },
        key: key.trusted.packet,
        ...agent,
      };
    });
    await this.store.agents.put(registered);
  }

  /** A trigger for a published package, signed by the push keys. */
  async trigger(
    hosted: PublishedPackage,
    changes: Partial<TriggerOptions> = {},
  ): Promise<Uint8Array> {
    const { name, version } = hosted.manifest;
    return createTrigger({
      package: { name, version, manifest: hosted.manifestSha256 },
      contentsSha512: hosted.contentsSha512,
      audience: { groups: ["tills"] },
      keys: this.simulator.signers.push.map(({ source }) => source),
      clock: { now: () => this.simulator.now },
      ...changes,
    });
  }

  /** What an agent reports, signed by its key. */
  async receipt(
    agent: string,
    deployment: string,
    outcome: Receipt["outcome"],
    changes: Partial<Receipt> = {},
  ): Promise<Uint8Array> {
    const progress = onlyOne(await this.store.deployments.progress(deployment));
    const { packageName, version, manifest } = progress.deployment;
    const counter = (this.#counters.get(agent) ?? 0) + 1;
    this.#counters.set(agent, counter);
    const document: Receipt = {
      type: "receipt/1",
      agent,
      counter,
      issuedAt: this.simulator.now.toISOString(),
      deployment,
      notification: deployment,
      package: { name: packageName, version, manifest },
      outcome,
      installed: { [packageName]: version },
      ...changes,
    };
    return encodeEnvelope(await seal("receipt/1", document, [onlyOne(this.agentKeys.get(agent))]));
  }

  /** Where the audit log is. */
  get auditPath(): string {
    return join(this.directory, "server", "audit.jsonl");
  }
}

/** The document in an envelope, unverified: for assertions. */
export function documentIn<T extends DocumentType>(envelope: Uint8Array, _type: T): Documents[T] {
  const { document } = JSON.parse(new TextDecoder().decode(envelope)) as { document: string };
  return JSON.parse(document) as Documents[T];
}

function onlyOne<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the test's vendor does not have that");
  return value;
}

/** The envelope with its document changed and its signatures kept. */
export function tampered(envelope: Uint8Array, change: (text: string) => string): Uint8Array {
  const parsed = JSON.parse(new TextDecoder().decode(envelope)) as {
    outrider: string;
    document: string;
    signatures: string[];
  };
  const { outrider, document, signatures } = parsed;
  return new TextEncoder().encode(
    JSON.stringify({ outrider, document: change(document), signatures }),
  );
}
