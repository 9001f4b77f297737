/** News reaches every follower in its order, and whoever was away goes on from a mark. */
import { deepEqual, equal, ok } from "node:assert/strict";
import type { FedEvent } from "../../ledger/index.ts";
import { must, type Cases } from "./ground.ts";

type Told = Extract<FedEvent, { readonly event: string }>;

/** The cases. */
export const feed: Cases = {
  async "tells every follower what is told from now on, in its order"({ store: { feed: news } }) {
    const followers = [news.follow(), news.follow()];
    const told = Array.from({ length: 1200 }, (_, index) => `event ${index} ä\u0000`);
    for (const event of told) news.tell(event, true);
    for (const follower of followers) {
      const heard = await take(follower, told.length);
      deepEqual(
        heard.map(({ event }) => event),
        told,
      );
      equal(new Set(heard.map(({ mark }) => mark)).size, told.length);
    }
  },

  async "goes on from any mark, with nothing missed and nothing twice"({ store: { feed: news } }) {
    const first = news.follow();
    for (let number = 0; number < 40; number++) news.tell(`${number}`);
    const heard = await take(first, 40);
    const told = Array.from({ length: 40 }, (_, number) => `${number}`);
    for (const at of [0, 17, 39]) {
      const again = news.follow(must(heard[at]).mark);
      told.push(`after ${at}`);
      news.tell(`after ${at}`);
      const rest = await take(again, told.length - at - 1);
      deepEqual(
        rest.map(({ event }) => event),
        told.slice(at + 1),
      );
      await again.return?.();
    }
  },

  async "says so where what followed a mark is no longer known"({ store: { feed: news } }) {
    for (const mark of ["1.0", "nonsense", "", "9".repeat(400), "0.1'; --"]) {
      const follower = news.follow(mark);
      const { value } = (await follower.next()) as IteratorYieldResult<FedEvent>;
      deepEqual(value, { missed: true });
      await follower.return?.();
    }
  },

  async "lets a follower go who waits, and all when the store is closed"(ground) {
    const [leaving, staying] = [ground.store.feed.follow(), ground.store.feed.follow()];
    const waiting = [leaving.next(), staying.next()];
    await leaving.return?.();
    equal((await must(waiting[0])).done, true);
    await ground.restart();
    equal((await must(waiting[1])).done, true);
    ground.store.feed.tell("after");
  },
};

/** The next so many; each has a mark. */
async function take(follower: AsyncIterableIterator<FedEvent>, count: number): Promise<Told[]> {
  const heard: Told[] = [];
  while (heard.length < count) {
    const { value, done } = await follower.next();
    ok(done !== true && "event" in value);
    heard.push(value);
  }
  return heard;
}
