/** Several senders on one store keep together to what a transport bears. */
import { expect, test } from "vitest";
import { sqliteStore } from "../store/sqlite/index.ts";
import { sharedBucket } from "./shared-bucket.ts";

const message = { messages: 1, recipients: 1 };

test("what one sender took, another waits for; what nobody limits is not asked for", async () => {
  const store = sqliteStore({ path: ":memory:" });
  const rate = { messagesPerMinute: 60 };
  const [one, other] = [0, 1].map(() => sharedBucket("email", rate, store.values));
  await Promise.all(
    Array.from({ length: 60 }, async (_, index) =>
      (index % 2 === 0 ? one : other)?.take(message, 1000),
    ),
  );
  for (const bucket of [one, other]) expect(await bucket?.startOf(message, 1000)).toBe(2000);
  await one?.take(message, 2000);
  expect(await other?.startOf(message, 2000)).toBe(3000);
  const free = sharedBucket("unc", {}, store.values);
  await free.take({ messages: 1e6, recipients: 1e6 }, 0);
  expect(await free.startOf(message, 5)).toBe(5);
  expect(await store.values.get("pace/unc")).toBeUndefined();
  await store.close();
});
