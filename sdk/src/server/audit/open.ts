/**
 * The audit log of a data directory, opened when it is first needed: by one server at a time, after its chain was
 * checked, and after what a crash left open was said in it.
 *
 * An order's line comes before its effect (`judge.ts`). A crash between leaves a line that says `accepted` of an order
 * that has none: it is followed by one that says so. Whoever gave the order had no answer, and brings it again.
 */
import { join } from "node:path";
import type { DeploymentStore } from "../../ledger/index.ts";
import { fileError } from "../../package/index.ts";
import {
  lockDirectory,
  type Clock,
  type DirectoryLock,
  type FileSystem,
} from "../../ports/index.ts";
import type { AuditLine } from "./entry.ts";
import { latestEntries, type AuditRequest } from "./latest.ts";
import { openAuditLog, type AuditLog } from "./log.ts";

/** What opening needs. */
export interface AuditParts {
  /** Holds the log, and the lock. */
  readonly dataDirectory: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly deployments: Pick<DeploymentStore, "progress" | "events">;
}

/** The log. A server that is only asked something never opens it. */
export interface LazyAuditLog extends Pick<AuditLog, "append" | "close"> {
  /**
   * For a server that stays: another one on this directory is an error at once.
   *
   * @throws SERVER_BUSY, AUDIT_BROKEN, AUDIT_FAILED, FILE_UNREADABLE, SPACE
   */
  open(): Promise<void>;
  /** The latest first, from the end of the file; opens nothing for writing. */
  latest(request: AuditRequest): Promise<AuditLine[]>;
}

/** Dormant servers, each started by its message, go one after the other. */
const dormantPatienceMs = 30_000;
/** More orders are never between their line and their effect. */
const mostUnderWay = 1000;

/** Makes the log; nothing is opened yet. */
export function lazyAuditLog(parts: AuditParts): LazyAuditLog {
  let opened: Promise<Opened> | undefined;
  const open = (patienceMs: number): Promise<Opened> => (opened ??= openFor(parts, patienceMs));
  return {
    open: async () => void (await open(0)),
    latest: (request) => latestEntries(pathOf(parts), parts.fileSystem, request),
    append: async (entry) => (await open(dormantPatienceMs)).log.append(entry),
    async close() {
      const found = await opened?.catch(() => undefined); // whoever opened it knows
      await found?.log.close();
      await found?.lock.release();
    },
  };
}

interface Opened {
  readonly log: AuditLog;
  readonly lock: DirectoryLock;
}

async function openFor(parts: AuditParts, patienceMs: number): Promise<Opened> {
  return openLocked(parts, patienceMs).catch((error: unknown) => {
    throw fileError(error, parts.dataDirectory, "Opening the data directory");
  });
}

async function openLocked(parts: AuditParts, patienceMs: number): Promise<Opened> {
  const { dataDirectory, fileSystem } = parts;
  const owner = { name: "server", code: "SERVER_BUSY", patienceMs } as const;
  const lock = await lockDirectory(fileSystem, dataDirectory, owner);
  try {
    const orders = new Map<string, AuditLine>();
    const log = await openAuditLog({
      path: pathOf(parts),
      fileSystem,
      onLine: (line) => note(line, orders),
    });
    for (const line of orders.values())
      if (!(await hasEffect(line, parts))) await log.append(takenBack(line, parts.clock));
    return { log, lock };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function pathOf({ dataDirectory }: AuditParts): string {
  return join(dataDirectory, "audit.jsonl");
}

/** Keeps the last orders that were accepted and not taken back. */
function note(line: AuditLine, orders: Map<string, AuditLine>): void {
  const { kind, id, verdict } = line;
  if ((kind !== "trigger" && kind !== "control") || id === undefined) return;
  orders.delete(id);
  if (verdict === "accepted") orders.set(id, line);
  const [oldest] = orders.keys();
  if (orders.size > mostUnderWay && oldest !== undefined) orders.delete(oldest);
}

async function hasEffect(
  { kind, id, deployment = "" }: AuditLine,
  { deployments }: AuditParts,
): Promise<boolean> {
  if (kind === "trigger") return (await deployments.progress(deployment)) !== undefined;
  return (await deployments.events(deployment)).some(({ control }) => control === id);
}

function takenBack(line: AuditLine, clock: Clock): Parameters<AuditLog["append"]>[0] {
  const { number, kind, via, sha256, bytes, id, deployment } = line;
  return {
    at: clock.now().toISOString(),
    kind,
    via,
    verdict: "refused",
    sha256,
    bytes,
    ...(id === undefined ? {} : { id }),
    ...(deployment === undefined ? {} : { deployment }),
    code: "CANCELLED",
    detail: `The server ended before what line ${number} accepted took effect. Bring it again.`,
  };
}
