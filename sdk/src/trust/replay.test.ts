import { expect, test } from "vitest";
import { verdictOf } from "../../test/support/refusal.ts";
import { aDay, Simulator } from "../../test/support/simulator.ts";
import { maxRemembered, type SeenMemory } from "./memory.ts";
import { checkUnseen, rememberOrder } from "./replay.ts";

const now = new Date("2026-11-22T12:00:00Z");
const order = (index: number, days = 7): { id: string; issuedAt: string; expiresAt: string } => ({
  id: `00000000-0000-4000-8000-${String(index).padStart(12, "0")}`,
  issuedAt: new Date(now.getTime() + index).toISOString(),
  expiresAt: new Date(now.getTime() + days * aDay).toISOString(),
});

test("a trigger is good until it took effect, a control too", async () => {
  const vendor = await Simulator.start();
  const { trigger } = await vendor.deploy();
  const client = vendor.client();
  client.verifyTrigger(trigger);
  const verified = client.verifyTrigger(trigger);
  client.remember(verified);
  expect(verdictOf(() => client.verifyTrigger(trigger))).toBe("REPLAYED");
  const restarted = vendor.client({ memory: client.memory });
  expect(verdictOf(() => restarted.verifyTrigger(trigger))).toBe("REPLAYED");

  const control = await vendor.control("resume");
  client.remember(client.verifyControl(control, { groups: ["tills"] }));
  expect(verdictOf(() => client.verifyControl(control, { groups: ["tills"] }))).toBe("REPLAYED");
});

test("a trigger that took effect may travel in any number of notifications", async () => {
  const vendor = await Simulator.start();
  const { trigger, notification } = await vendor.deploy();
  const client = vendor.client();
  client.remember(client.verifyTrigger(trigger));
  expect(client.verifyNotification(notification).standing).toBe("new");
});

test("ids past their expiry are forgotten: the expiry refuses them", () => {
  const seen = rememberOrder({ ids: [] }, order(1, 1), now);
  const later = new Date(now.getTime() + 2 * aDay);
  expect(rememberOrder(seen, order(2), later).ids.map(({ id }) => id)).toEqual([order(2).id]);
});

test("an order remembered twice takes one place", () => {
  const seen = rememberOrder(rememberOrder({ ids: [] }, order(1), now), order(1), now);
  expect(seen.ids).toEqual([order(1)]);
});

test("the list takes as many as it may, and loses none before", () => {
  const almost: SeenMemory = {
    ids: Array.from({ length: maxRemembered - 1 }, (_, index) => order(index + 1)),
  };
  const seen = rememberOrder(almost, order(maxRemembered), now);
  expect(seen.ids).toHaveLength(maxRemembered);
  expect(seen.upTo).toBeUndefined();
});

test("a full list loses its oldest, and then refuses all that is as old", () => {
  const full: SeenMemory = {
    ids: Array.from({ length: maxRemembered }, (_, index) => order(index + 1)),
  };
  const seen = rememberOrder(full, order(maxRemembered + 1), now);
  expect(seen.ids).toHaveLength(maxRemembered);
  expect(seen.upTo).toBe(order(1).issuedAt);
  expect(verdictOf(() => checkUnseen(seen, order(1), "trigger"))).toBe("REPLAYED");
  expect(verdictOf(() => checkUnseen(seen, order(0), "trigger"))).toBe("REPLAYED");
  expect(verdictOf(() => checkUnseen(seen, order(2), "trigger"))).toBe("REPLAYED");
  expect(verdictOf(() => checkUnseen(seen, order(maxRemembered + 2), "trigger"))).toBe("accepted");
});
