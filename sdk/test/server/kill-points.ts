/**
 * Every place where the server is killed (THREATS 2.2), by name, and the ports through which it is done: the product
 * has no hook of its own. `before X` is a step whose effect never came to be, `after X` one whose answer was never seen.
 */
import type { DeploymentEvent, ServerStore } from "../../src/ledger/index.ts";
import type { FileSystem, KeySource } from "../../src/ports/index.ts";

/** Killed by the server itself, at one of its ports. */
export const ownPoints = [
  "before the audit entry",
  "audited, before the plan",
  "after the plan",
  "before the wave starts",
  "after the wave starts",
  "after the claim",
  "before the notification is signed",
  "before the notification is kept",
  "after the notification is kept",
  "before the record",
  "after the record",
  "before the receipt",
  "after the receipt",
  "before the wave is finished",
] as const;

/** Killed by the relay, in the middle of a mail. */
export const relayPoints = ["MAIL", "RCPT", "DATA", "dot sent, 250 not seen"] as const;

/** Killed where a receipt asks for parts of the archive. */
export const requestPoints = ["before the request", "after the request"] as const;

/** One of them. */
export type KillPoint =
  | (typeof ownPoints)[number]
  | (typeof relayPoints)[number]
  | (typeof requestPoints)[number];

/** Called at each point that is passed. */
export type Pass = (point: KillPoint) => void;

/** The store, passing points. */
export function watchedStore(store: ServerStore, pass: Pass): ServerStore {
  const { deployments, values } = store;
  const start = (event: DeploymentEvent): boolean => event.kind === "waveStarted";
  return {
    ...store,
    deployments: {
      ...deployments,
      async plan(plan) {
        pass("audited, before the plan");
        await deployments.plan(plan);
        pass("after the plan");
      },
      async claim(request) {
        const job = await deployments.claim(request);
        if (job !== undefined) pass("after the claim");
        return job;
      },
      async record(job, settlement) {
        pass("before the record");
        const isBooked = await deployments.record(job, settlement);
        pass("after the record");
        return isBooked;
      },
      async take(receipt) {
        const asks = receipt.asksFor !== undefined;
        pass("before the receipt");
        if (asks) pass("before the request");
        const verdict = await deployments.take(receipt);
        pass("after the receipt");
        if (asks) pass("after the request");
        return verdict;
      },
      async event(event) {
        if (start(event)) pass("before the wave starts");
        if (event.kind === "waveFinished") pass("before the wave is finished");
        const fits = await deployments.event(event);
        if (start(event)) pass("after the wave starts");
        return fits;
      },
    },
    values: {
      ...values,
      async keep(key, value) {
        if (key.startsWith("notification/")) pass("before the notification is kept");
        const kept = await values.keep(key, value);
        if (key.startsWith("notification/")) pass("after the notification is kept");
        return kept;
      },
    },
  };
}

/** The key, passing a point where a notification is signed. */
export function watchedKey(key: KeySource, pass: Pass): KeySource {
  return {
    fingerprint: key.fingerprint,
    async sign(bytes, options) {
      if (new TextDecoder().decode(bytes.subarray(0, 60)).includes("notification/1"))
        pass("before the notification is signed");
      return key.sign(bytes, options);
    },
  };
}

/** The disk of the audit log, passing a point before each write. */
export function watchedFiles(fileSystem: FileSystem, pass: Pass): FileSystem {
  return {
    ...fileSystem,
    async open(path, mode) {
      const handle = await fileSystem.open(path, mode);
      if (mode !== "append") return handle;
      return {
        read: (buffer, position) => handle.read(buffer, position),
        stat: () => handle.stat(),
        sync: () => handle.sync(),
        close: () => handle.close(),
        async write(bytes) {
          pass("before the audit entry");
          await handle.write(bytes);
        },
      };
    },
  };
}
