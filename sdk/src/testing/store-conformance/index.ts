/**
 * What every store must keep, as cases for any test runner:
 * `for (const { name, run } of storeConformance(setup)) test(name, run)`. The invariants stand in `ledger/store.ts`.
 */
import type { ServerStore } from "../../ledger/index.ts";
import { buckets } from "./buckets.ts";
import { claims } from "./claims.ts";
import { deployments } from "./deployments.ts";
import { events } from "./events.ts";
import { feed } from "./feed.ts";
import type { Cases, Ground } from "./ground.ts";
import { leases } from "./leases.ts";
import { receipts } from "./receipts.ts";
import { registry } from "./registry.ts";
import { settlements } from "./settlements.ts";
import { values } from "./values.ts";

const cases: Cases = {
  ...deployments,
  ...claims,
  ...settlements,
  ...receipts,
  ...events,
  ...registry,
  ...leases,
  ...buckets,
  ...values,
  ...feed,
};

/** A store, set up for one case. */
export interface StoreUnderTest {
  /** Opens it; called again after a "restart". */
  open(): Promise<ServerStore>;
  /** Removes it. */
  remove(): Promise<void>;
}

/** One case. */
export interface StoreCase {
  readonly name: string;
  readonly run: () => Promise<void>;
}

/** The cases. @param setup makes a fresh, empty store for each. */
export function storeConformance(setup: () => Promise<StoreUnderTest>): readonly StoreCase[] {
  return Object.entries(cases).map(([name, work]) => ({
    name,
    run: async () => {
      const subject = await setup();
      const ground: Ground = {
        store: await subject.open(),
        async restart() {
          await this.store.close();
          this.store = await subject.open();
        },
      };
      try {
        await work(ground);
      } finally {
        await ground.store.close();
        await subject.remove();
      }
    },
  }));
}
