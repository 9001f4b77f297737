/** Where an agent stands, for people and for the product it is embedded in. Reads only, and needs no lock. */
import { join } from "node:path";
import { inEnglish, OutriderError } from "../../errors/index.ts";
import { lockHolder, nodeFileSystem, systemClock, type FileSystem } from "../../ports/index.ts";
import type { SilentServer } from "../../trust/index.ts";
import { Journal, type Failure, type JournalRecord } from "../memory/journal.ts";
import { keyFile, openAgentKey } from "../memory/key.ts";
import { queueDeployments } from "../memory/queue.ts";
import type { InstalledRelease } from "../memory/release.ts";
import { AgentState, type QuarantinedRelease } from "../memory/state.ts";
import { TrustKeeper } from "../memory/trust-keeper.ts";
import type { AgentOptions } from "../options.ts";
import { listReceipts } from "./outbox.ts";

/** Where everything stands. */
export interface AgentStatus {
  readonly id: string;
  readonly groups: readonly string[];
  /** The public half of its key: what a server is given to know it. */
  readonly key: { readonly fingerprint: string; readonly packet: string };
  readonly installed: Readonly<Record<string, InstalledRelease>>;
  /** In the order in which they are gone on with, but for the policy's priority. */
  readonly unfinished: readonly UnfinishedDeployment[];
  readonly quarantined: readonly QuarantinedRelease[];
  /** What was recalled and is still here. */
  readonly recalled: readonly RecalledRelease[];
  readonly trust: { readonly version: number; readonly expiresAt: string };
  /** The clock is before the trust document: nothing can be judged, so nothing is installed until it is right. */
  readonly clockBehind?: ClockBehind;
  /** Servers whose last catalog has expired: their news may be held back. */
  readonly silentServers: readonly SilentServer[];
  /** When the latest order that was taken here was made (RFC 3339): no right clock is before it. */
  readonly lastOrderAt?: string;
  readonly receiptsWaiting: number;
  /** The process that works on these directories, if one does. */
  readonly process?: number;
}

/** A release that was recalled after it was installed here. */
export interface RecalledRelease {
  readonly name: string;
  readonly version: string;
  /** `installed`, and running; `before` it, and no way back any more. */
  readonly place: "installed" | "before";
  /** Who recalled it, for people. */
  readonly by: string;
}

/** A clock that cannot be right. */
export interface ClockBehind {
  /** What it says (RFC 3339). */
  readonly now: string;
  /** When the trust document was issued; it was signed then, or later. */
  readonly trustIssuedAt: string;
}

/** A deployment that has not come to its end. */
export interface UnfinishedDeployment extends Pick<
  JournalRecord,
  "package" | "state" | "failure" | "deployment" | "transport"
> {
  /** When its notification was accepted (RFC 3339). */
  readonly since: string;
  /** Why it waits, or waited when it was last looked at. */
  readonly waiting?: Failure;
}

/** What looking at an agent takes. */
export type InspectOptions = Pick<
  AgentOptions,
  | "id"
  | "groups"
  | "dataDirectory"
  | "installDirectory"
  | "trust"
  | "bundled"
  | "fileSystem"
  | "clock"
>;

/**
 * Looks at an agent's directories, whether it runs or not. Writes nothing.
 *
 * @throws FILE_MISSING where no agent has ever run there; the codes of TrustSet.open
 */
export async function inspectAgent(options: InspectOptions): Promise<AgentStatus> {
  const { id, groups, dataDirectory, fileSystem = nodeFileSystem, clock = systemClock } = options;
  if ((await fileSystem.stat(keyFile(dataDirectory))) === undefined)
    throw new OutriderError(
      "FILE_MISSING",
      `No agent has run in ${dataDirectory} yet. Start it once.`,
      {
        subject: dataDirectory,
      },
    );
  const key = await openAgentKey(fileSystem, dataDirectory, clock);
  const state = await AgentState.open(
    fileSystem,
    { data: dataDirectory, install: options.installDirectory },
    { bundled: options.bundled ?? {}, now: clock.now() },
  );
  const trust = await TrustKeeper.open(
    fileSystem,
    dataDirectory,
    state,
    { id, groups },
    options.trust,
  );
  return readStatus({
    id,
    groups,
    key,
    state,
    trust,
    now: clock.now(),
    fileSystem,
    dataDirectory,
  });
}

/** Puts a status together. */
export async function readStatus(parts: {
  readonly id: string;
  readonly groups: readonly string[];
  readonly key: AgentStatus["key"];
  readonly state: AgentState;
  readonly trust: TrustKeeper;
  readonly now: Date;
  readonly fileSystem: FileSystem;
  readonly dataDirectory: string;
}): Promise<AgentStatus> {
  const { id, groups, key, trust, now, fileSystem, dataDirectory } = parts;
  const { version, expiresAt, issuedAt } = trust.document;
  const isBehind = trust.isAheadOf(now);
  const orders = (parts.state.memory.trust?.packages ?? []).map(({ triggeredAt }) => triggeredAt);
  const lastOrderAt = orders.toSorted((a, b) => Date.parse(a) - Date.parse(b)).at(-1);
  const holder = await lockHolder(fileSystem, dataDirectory);
  const { installed, quarantined } = parts.state.memory;
  return {
    id,
    groups,
    key: { fingerprint: key.fingerprint, packet: key.packet },
    installed,
    unfinished: await readUnfinished(fileSystem, join(dataDirectory, "deployments")),
    quarantined,
    recalled: recalledAmong(installed, trust),
    trust: { version, expiresAt },
    ...(isBehind ? { clockBehind: { now: now.toISOString(), trustIssuedAt: issuedAt } } : {}),
    silentServers: isBehind ? [] : trust.at(now).silentServers,
    ...(lastOrderAt === undefined ? {} : { lastOrderAt }),
    receiptsWaiting: (await listReceipts(fileSystem, join(dataDirectory, "receipts"))).length,
    ...(holder === undefined ? {} : { process: holder }),
  };
}

function recalledAmong(
  installed: AgentStatus["installed"],
  trust: TrustKeeper,
): readonly RecalledRelease[] {
  const held = Object.entries(installed).flatMap(([name, release]) => [
    { name, release, place: "installed" as const },
    ...(release.back === undefined
      ? []
      : [{ name, release: release.back.to, place: "before" as const }]),
  ]);
  return held.flatMap(({ name, release, place }) => {
    const by = trust.recalledBy(release);
    return by === undefined ? [] : [{ name, version: release.version, place, by: inEnglish(by) }];
  });
}

async function readUnfinished(
  fileSystem: FileSystem,
  directory: string,
): Promise<AgentStatus["unfinished"]> {
  const unfinished: UnfinishedDeployment[] = [];
  for (const manifest of await queueDeployments(fileSystem, directory, [])) {
    const journal = new Journal(fileSystem, directory, manifest);
    const record = await journal.read();
    if (record === undefined || record.state === "reported") continue;
    const { state, failure, deployment, transport, authenticatedAt } = record;
    const waiting = await journal.readWaiting();
    unfinished.push({
      package: record.package,
      state,
      deployment,
      transport,
      since: authenticatedAt,
      ...(failure === undefined ? {} : { failure }),
      ...(waiting === undefined ? {} : { waiting }),
    });
  }
  return unfinished;
}
