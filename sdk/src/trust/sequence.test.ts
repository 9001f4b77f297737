import { expect, test } from "vitest";
import { verdictOf } from "../../test/support/refusal.ts";
import { emptyMemory, serverMemory, type NotificationMemory, type TrustMemory } from "./memory.ts";
import { rememberNotification, standingOf } from "./sequence.ts";

const [one, two] = ["1".repeat(40), "2".repeat(40)] as const;

function word(
  name: string,
  sequence: number,
  trigger = "t1",
  sha256 = `${name}${sequence}${trigger}`,
): NotificationMemory {
  return { name, sequence, sha256, trigger };
}

function sequencesOf(memory: TrustMemory, key: string): string[] {
  return serverMemory(memory, key)
    .notifications.map(({ name, sequence }) => `${name} ${sequence}`)
    .toSorted();
}

test("per key and package the sequence rises; known words change nothing", () => {
  let memory = rememberNotification(emptyMemory, [one], word("app", 5));
  memory = rememberNotification(memory, [one], word("api", 1));
  expect(standingOf(memory, [one], word("app", 3))).toBe("known");
  expect(rememberNotification(memory, [one], word("app", 3))).toBe(memory);
  expect(rememberNotification(memory, [one], word("app", 5))).toBe(memory);
  memory = rememberNotification(memory, [one], word("app", 6, "t2"));
  expect(sequencesOf(memory, one)).toEqual(["api 1", "app 6"]);
  expect(sequencesOf(memory, two)).toEqual([]);
});

test("lower with another order is rollback, equal with another text equivocation, whatever its order", () => {
  const memory = rememberNotification(emptyMemory, [one], word("app", 5));
  expect(verdictOf(() => standingOf(memory, [one], word("app", 4, "t0")))).toBe("ROLLBACK");
  expect(verdictOf(() => standingOf(memory, [one], word("app", 5, "t2")))).toBe("EQUIVOCATION");
  expect(verdictOf(() => standingOf(memory, [one], word("app", 5, "t1", "other")))).toBe(
    "EQUIVOCATION",
  );
  expect(standingOf(memory, [one], word("app", 5))).toBe("known");
  expect(standingOf(memory, [one], word("app", 6, "t0"))).toBe("new");
});

test("signed by two, it is new if it is to either, and held to both", () => {
  const memory = rememberNotification(emptyMemory, [one], word("app", 5));
  expect(standingOf(memory, [one, two], word("app", 5))).toBe("new");
  expect(standingOf(memory, [two, one], word("app", 5))).toBe("new");
  expect(verdictOf(() => standingOf(memory, [two, one], word("app", 4, "t0")))).toBe("ROLLBACK");
  const both = rememberNotification(memory, [one, two], word("app", 5));
  expect([sequencesOf(both, one), sequencesOf(both, two)]).toEqual([["app 5"], ["app 5"]]);
});
