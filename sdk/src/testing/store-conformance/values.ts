/** Small durable state: the first wins, and no number is given twice. */
import { deepEqual, equal } from "node:assert/strict";
import type { Cases } from "./ground.ts";

/** The cases. */
export const values: Cases = {
  async "lets one of several who change a value be the first"({ store: { values } }) {
    deepEqual(
      (
        await Promise.all(["a", "b", "c"].map((value) => values.swap("key", undefined, value)))
      ).toSorted((one, other) => Number(one) - Number(other)),
      [false, false, true],
    );
    const now = await values.get("key");
    equal(await values.swap("key", `${now}?`, "other"), false);
    equal(await values.get("key"), now);
    equal(await values.swap("key", now, "other"), true);
    equal(await values.get("key"), "other");
    equal(await values.swap("nothing", "before", "after"), false);
    equal(await values.get("nothing"), undefined);
    deepEqual(await values.some(["key", "nothing"]), new Map([["key", "other"]]));
  },

  async "counts without gaps or repeats, and keeps the first"(ground) {
    const { values } = ground.store;
    deepEqual(
      [await values.count("s"), await values.count("s"), await values.count("t")],
      [1, 2, 1],
    );
    await values.set("key", "one");
    equal(await values.keep("key", "two"), "one");
    equal(await values.keep("other", "three"), "three");
    await ground.restart();
    equal(await ground.store.values.count("s"), 3);
    equal(await ground.store.values.get("key"), "one");
    equal(await ground.store.values.get("nothing"), undefined);
  },
};
