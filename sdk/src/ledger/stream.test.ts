import { expect, test } from "vitest";
import type { FedEvent } from "./feed.ts";
import { localFeed } from "./local-feed.ts";
import { eventStream } from "./stream.ts";

test("a watcher who does not keep up loses the oldest", async () => {
  const stream = eventStream<number>();
  const watcher = stream.watch();
  for (let event = 1; event <= 10_002; event++) stream.tell(event);
  stream.close();
  const seen: number[] = [];
  for await (const event of watcher) seen.push(event);
  expect([seen.length, seen[0], seen.at(-1)]).toEqual([10_000, 3, 10_002]);
});

test("whoever watches what is closed is let go", async () => {
  const stream = eventStream<number>();
  stream.close();
  expect(await stream.watch().next()).toEqual({ done: true, value: undefined });
});

test("the latest events are kept for who comes back, and no more than twice a thousand", async () => {
  const feed = localFeed();
  const first = feed.follow();
  feed.tell("1");
  const { value } = (await first.next()) as IteratorYieldResult<FedEvent>;
  const [life] = "mark" in value ? value.mark.split(".") : [];
  for (let event = 2; event <= 2000; event++) feed.tell(`${event}`); // of these the last thousand stay
  const after = async (number: number): Promise<FedEvent> => {
    const { value: next } = await feed.follow(`${life}.${number}`).next();
    return next as FedEvent;
  };
  expect(await after(999)).toEqual({ missed: true });
  expect(await after(1000)).toEqual({ mark: `${life}.1001`, event: "1001" });
  expect(await after(1999)).toEqual({ mark: `${life}.2000`, event: "2000" });
  feed.close();
});

test("whoever leaves hears no more, neither of what waited for him nor of what comes", async () => {
  const stream = eventStream<number>();
  const watcher = stream.watch([1]);
  await watcher.return?.();
  expect((await watcher.next()).done).toBe(true);
  stream.tell(2);
  expect((await watcher.next()).done).toBe(true);
});
