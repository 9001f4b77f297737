/**
 * A vendor in memory: keys, trust documents, releases, pushes, a server. Tests change its documents before they are
 * signed (or after), and the real TrustSet meets them; after python-tuf's RepositorySimulator.
 *
 * Everything is dated by `now`, which a test may turn; nothing here is random but keys and ids.
 */
import { randomUUID } from "node:crypto";
import {
  sealText,
  encodeEnvelope,
  toEnvelope,
  writeDocument,
  type DocumentType,
  type Documents,
  type SealedDocument,
} from "../../src/messages/index.ts";
import type {
  Catalog,
  CatalogEntry,
  Control,
  Manifest,
  Notification,
  Trigger,
  Trust,
} from "../../src/schema/index.ts";
import { sha256Hex } from "../../src/signing/index.ts";
import { TrustSet, type AgentIdentity, type TrustMemory } from "../../src/trust/index.ts";
import { testKey, type TestKey } from "./keys.ts";

/** Milliseconds. */
export const aDay = 86_400_000;

/** A release and its order, as `deploy` makes them. */
export interface Deployment {
  readonly manifest: SealedDocument<"manifest/1">;
  readonly trigger: SealedDocument<"trigger/1">;
  readonly notification: SealedDocument<"notification/1">;
}

/** What `deploy` may be told. */
export interface DeploymentOptions {
  readonly name?: string;
  readonly version?: string;
  readonly sequence?: number;
  readonly trigger?: Partial<Trigger>;
  readonly notification?: Partial<Notification>;
  readonly manifest?: Partial<Manifest>;
  readonly release?: readonly TestKey[];
  readonly push?: readonly TestKey[];
  readonly server?: readonly TestKey[];
}

/** Signs any document with these keys. */
export async function seal<T extends DocumentType>(
  type: T,
  document: Documents[T],
  keys: readonly TestKey[],
): Promise<SealedDocument<T>> {
  return sealAs(type, writeDocument(document), keys);
}

/** As {@link seal}, for a text that need not be a document of this type. */
export async function sealAs<T extends DocumentType>(
  type: T,
  text: string,
  keys: readonly TestKey[],
): Promise<SealedDocument<T>> {
  const bytes = new TextEncoder().encode(text);
  return sealText(type, text, await Promise.all(keys.map(({ source }) => source.sign(bytes))));
}

/** The vendor. */
export class Simulator {
  now: Date;
  /** Who signs as what, unless a call says otherwise. Tests replace these. */
  signers: { root: TestKey[]; release: TestKey[]; push: TestKey[]; server: TestKey[] };
  /** The next trust document before it is signed. */
  trust: Trust;
  /** Published trust documents, from version 1. */
  readonly published: SealedDocument<"trust/1">[] = [];
  #sequence = 0;

  private constructor(now: Date) {
    this.now = now;
    const make = (owner: string): TestKey =>
      testKey(owner, { at: new Date(now.getTime() - 30 * aDay) });
    const keys = {
      root: make("root"),
      release: make("release"),
      push: make("push"),
      server: make("server"),
    };
    this.signers = {
      root: [keys.root],
      release: [keys.release],
      push: [keys.push],
      server: [keys.server],
    };
    this.trust = {
      type: "trust/1",
      version: 0,
      ...this.dates(365),
      keys: Object.values(keys).map(({ trusted }) => trusted),
      roles: {
        root: { keys: [keys.root.trusted.fingerprint], threshold: 1 },
        server: { keys: [keys.server.trusted.fingerprint], threshold: 1 },
        release: [{ packages: ["*"], keys: [keys.release.trusted.fingerprint], threshold: 1 }],
        push: [{ groups: ["*"], keys: [keys.push.trusted.fingerprint], threshold: 1 }],
      },
    };
  }

  /** One key per role, version 1 published. */
  static async start(now: Date = new Date("2026-11-22T12:00:00Z")): Promise<Simulator> {
    const simulator = new Simulator(now);
    await simulator.publishTrust();
    return simulator;
  }

  /** A key made thirty days ago; in the next trust document when `roles` are named. */
  key(owner: string, options: Parameters<typeof testKey>[1] = {}): TestKey {
    return testKey(owner, { at: new Date(this.now.getTime() - 30 * aDay), ...options });
  }

  /** Lists keys in the next trust document. */
  list(...keys: readonly TestKey[]): void {
    const known = new Set(this.trust.keys.map(({ fingerprint }) => fingerprint));
    this.trust.keys.push(
      ...keys.map(({ trusted }) => trusted).filter(({ fingerprint }) => !known.has(fingerprint)),
    );
  }

  /** Makes these the keys of a role, listed, with a threshold; they sign from now on. */
  assign(
    role: "root" | "server" | "release" | "push",
    keys: readonly TestKey[],
    threshold: number = keys.length,
  ): void {
    this.list(...keys);
    const assigned = { keys: keys.map(({ trusted }) => trusted.fingerprint), threshold };
    if (role === "root" || role === "server") this.trust.roles[role] = assigned;
    else if (role === "release") this.trust.roles.release = [{ packages: ["*"], ...assigned }];
    else this.trust.roles.push = [{ groups: ["*"], ...assigned }];
    this.signers[role] = [...keys];
  }

  /** Signs the next trust document, counted up by one, and publishes it. */
  async publishTrust(
    keys: readonly TestKey[] = this.signers.root,
  ): Promise<SealedDocument<"trust/1">> {
    this.trust.version++;
    const sealed = await seal("trust/1", this.trust, keys);
    this.published.push(sealed);
    return sealed;
  }

  /** A client that pinned version 1 (or another) and has applied everything published since. */
  client(
    options: {
      memory?: TrustMemory;
      agent?: AgentIdentity;
      now?: Date;
      from?: number;
      to?: number;
    } = {},
  ): TrustSet {
    const { memory, agent, now = this.now, from = 1, to = this.published.length } = options;
    const [first, ...later] = this.published.slice(from - 1, to);
    if (first === undefined) throw new Error("nothing published");
    const client = TrustSet.open(first, {
      now,
      ...(memory === undefined ? {} : { memory }),
      ...(agent === undefined ? {} : { agent }),
    });
    for (const next of later) client.update(next);
    return client;
  }

  /** `issuedAt` now, `expiresAt` so many days later. */
  dates(days: number): { issuedAt: string; expiresAt: string } {
    return {
      issuedAt: this.now.toISOString(),
      expiresAt: new Date(this.now.getTime() + days * aDay).toISOString(),
    };
  }

  /** Turns the clock. */
  pass(days: number): void {
    this.now = new Date(this.now.getTime() + days * aDay);
  }

  manifest(name: string, version: string, changes: Partial<Manifest> = {}): Manifest {
    return {
      type: "manifest/1",
      name,
      version,
      releasedAt: this.now.toISOString(),
      kind: "program",
      files: [
        {
          path: "app.js",
          size: 1,
          mode: "644",
          sha256: sha256Hex(Buffer.from(`${name} ${version}`)),
        },
      ],
      install: { strategy: "directory" },
      ...changes,
    };
  }

  trigger(manifest: SealedDocument<"manifest/1">, changes: Partial<Trigger> = {}): Trigger {
    const { name, version } = JSON.parse(manifest.text) as Manifest;
    return {
      type: "trigger/1",
      id: randomUUID(),
      ...this.dates(7),
      package: { name, version, manifest: sha256Hex(manifest.bytes), binding: "0".repeat(64) },
      audience: { groups: ["tills"] },
      delivery: "auto",
      event: { kind: "manual" },
      ...changes,
    };
  }

  notification(
    trigger: SealedDocument<"trigger/1">,
    manifest: SealedDocument<"manifest/1"> | undefined,
    changes: Partial<Notification> = {},
  ): Notification {
    return {
      type: "notification/1",
      id: randomUUID(),
      deployment: (JSON.parse(trigger.text) as Trigger).id,
      sequence: ++this.#sequence,
      ...this.dates(7),
      trigger: toEnvelope(trigger),
      ...(manifest === undefined ? {} : { manifest: toEnvelope(manifest) }),
      archives: [{ sha256: "a".repeat(64), size: 1 }],
      sources: [{ kind: "unc" }],
      ...changes,
    };
  }

  /** Release, order and notification, all signed. */
  async deploy(options: DeploymentOptions = {}): Promise<Deployment> {
    const { name = "demo-app", version = "1.0.0", sequence } = options;
    const manifest = await seal(
      "manifest/1",
      this.manifest(name, version, options.manifest),
      options.release ?? this.signers.release,
    );
    const trigger = await seal(
      "trigger/1",
      this.trigger(manifest, options.trigger),
      options.push ?? this.signers.push,
    );
    const notification = await this.announce(
      { manifest, trigger },
      {
        ...(sequence === undefined ? {} : { sequence }),
        ...options.notification,
      },
      options.server,
    );
    return { manifest, trigger, notification };
  }

  /** Another notification for the same order. */
  async announce(
    { manifest, trigger }: Pick<Deployment, "manifest" | "trigger">,
    changes: Partial<Notification> = {},
    keys: readonly TestKey[] = this.signers.server,
  ): Promise<SealedDocument<"notification/1">> {
    return seal("notification/1", this.notification(trigger, manifest, changes), keys);
  }

  catalogEntry({ manifest, trigger, notification }: Deployment): CatalogEntry {
    const { name, version, releasedAt } = JSON.parse(manifest.text) as Manifest;
    const { audience } = JSON.parse(trigger.text) as Trigger;
    return {
      name,
      version,
      releasedAt,
      manifest: sha256Hex(manifest.bytes),
      notification: sha256Hex(encodeEnvelope(notification)), // the file's name, too
      audience,
    };
  }

  /** A catalog of these deployments, good for a day. */
  async catalog(
    deployments: readonly Deployment[],
    changes: Partial<Catalog> = {},
    keys: readonly TestKey[] = this.signers.server,
  ): Promise<SealedDocument<"catalog/1">> {
    const document: Catalog = {
      type: "catalog/1",
      sequence: ++this.#sequence,
      ...this.dates(1),
      trustVersion: this.trust.version,
      current: deployments.map((deployment) => this.catalogEntry(deployment)),
      recalled: [],
      ...changes,
    };
    return seal("catalog/1", document, keys);
  }

  /** A control of a deployment. */
  async control(
    action: Control["action"],
    changes: Partial<Control> = {},
    keys: readonly TestKey[] = this.signers.push,
  ): Promise<SealedDocument<"control/1">> {
    const document: Control = {
      type: "control/1",
      id: randomUUID(),
      ...this.dates(1),
      deployment: randomUUID(),
      action,
      reason: "test",
      ...changes,
    };
    return seal("control/1", document, keys);
  }
}
