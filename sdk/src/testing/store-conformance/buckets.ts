/** What all senders together may send: nobody draws more than there is, and a restart fills nothing. */
import { deepEqual, equal } from "node:assert/strict";
import type { Fill, ServerStore } from "../../ledger/index.ts";
import { at, type Cases } from "./ground.ts";

/** The cases. */
export const buckets: Cases = {
  async "lets those who draw in the same moment take no more than there is, over a restart too"(
    ground,
  ) {
    const drawn = await Promise.all(Array.from({ length: 20 }, () => draw(ground.store, ["a"], 0)));
    equal(drawn.filter(Boolean).length, 5);
    await ground.restart();
    equal(await draw(ground.store, ["a"], 0), false);
    equal(await draw(ground.store, ["a"], 1), true);
    equal(await draw(ground.store, ["a"], 1), false);
  },

  async "draws from several buckets at once, or from none, in whatever order they are named"({
    store,
  }) {
    for (let left = 5; left > 0; left--) equal(await draw(store, ["b"], 0), true);
    equal(await draw(store, ["a", "b"], 0), false);
    const both = (index: number): Promise<boolean> =>
      draw(store, index % 2 === 0 ? ["a", "c"] : ["c", "a"], 0);
    const drawn = await Promise.all(Array.from({ length: 30 }, (_, index) => both(index)));
    equal(drawn.filter(Boolean).length, 5);
    equal(await draw(store, ["c"], 0), false);
  },

  async "forgets buckets that have filled up, and none that has not"({ store }) {
    const names = Array.from({ length: 300 }, (_, index) => `many/${index}`);
    await draw(store, names, 0);
    await draw(store, ["other"], 0.5);
    const soon = await fill(store, names, 0.5);
    deepEqual([soon.size, soon.get("many/0")], [300, at(1).getTime()]);
    await draw(store, ["late"], 1000);
    await draw(store, ["later"], 1000);
    for (const time of (await fill(store, names, 1000)).values())
      equal(time === at(1).getTime(), false);
  },
};

const perToken = 1000;
const burst = 5 * perToken;

/** One token of each of the buckets, which hold five and get another every second. */
async function draw(
  store: ServerStore,
  names: readonly string[],
  seconds: number,
): Promise<boolean> {
  const now = at(seconds);
  return store.buckets.draw(
    names,
    (full) => {
      const after = names.map((name) => Math.max(full.get(name) ?? 0, now.getTime()) + perToken);
      const isTaken = after.every((time) => time - burst <= now.getTime());
      const fullAtMs = new Map(names.map((name, index) => [name, after[index] ?? 0]));
      return { fullAtMs: isTaken ? fullAtMs : new Map(), result: isTaken };
    },
    now,
  );
}

/** What the store knows of them. */
async function fill(store: ServerStore, names: readonly string[], seconds: number): Promise<Fill> {
  const show = (full: Fill): { fullAtMs: Fill; result: Fill } => ({
    fullAtMs: new Map(),
    result: full,
  });
  return store.buckets.draw(names, show, at(seconds));
}
