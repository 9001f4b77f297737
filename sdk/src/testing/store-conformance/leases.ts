/** One holds a lease at a time. */
import { equal } from "node:assert/strict";
import { at, type Cases } from "./ground.ts";

/** The cases. */
export const leases: Cases = {
  async "lets one hold a lease until it lapses or is given back"(ground) {
    const hold = (holder: string, seconds: number): Promise<boolean> =>
      ground.store.leases.hold("scheduler", { holder, now: at(seconds), leaseMs: 30_000 });
    equal(await hold("one", 0), true);
    equal(await hold("two", 1), false);
    equal(await hold("one", 20), true);
    await ground.restart();
    equal(await hold("two", 49), false);
    equal(await hold("two", 50), true);
    equal(await hold("one", 51), false);
    await ground.store.leases.release("scheduler", "one"); // it is no longer its own
    equal(await hold("one", 52), false);
    await ground.store.leases.release("scheduler", "two");
    equal(await hold("one", 53), true);
  },
};
