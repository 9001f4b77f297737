import { createHmac } from "node:crypto";
import { mkdir, mkdtemp, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { verifies } from "../../test/support/verifies.ts";
import { nodeFileSystem } from "../ports/index.ts";
import type { TriggerSource } from "../schema/index.ts";
import type { HookRequest } from "./delivery.ts";
import { openSource, type OpenedSource } from "./open.ts";
import { nextOf } from "./schedule.ts";
import type { Firing, SourceState } from "./source.ts";
import { maxRemembered, type HookAnswer } from "./webhook.ts";

const secret = "a-secret-of-some-length";
let kept: Map<string, string>;
let now: Date;
let directory: string;
beforeEach(async () => {
  kept = new Map();
  now = new Date("2026-11-22T12:00:00Z");
  directory = await mkdtemp(join(tmpdir(), "outrider-watch-"));
});
afterEach(() => rm(directory, { recursive: true }));

const state: SourceState = {
  get: async (key) => kept.get(key),
  set: async (key, value) => void kept.set(key, value),
  swap: async (key, before, value) => kept.get(key) === before && !!kept.set(key, value),
};

function open(
  definition: TriggerSource,
  clockless: { secret?: string } = { secret },
): OpenedSource {
  return openSource(definition, "push/on", {
    state,
    clock: { now: () => now },
    fileSystem: nodeFileSystem,
    baseDirectory: directory,
    secretOf: () => clockless.secret,
  });
}

const at = (time: string): Date => (now = new Date(time));
const keys = (firings: readonly Firing[]): string[] => firings.map(({ key }) => key);

describe("schedule", () => {
  const monthEnd: TriggerSource = {
    kind: "schedule",
    cron: "0 18 L * *",
    timeZone: "Europe/Berlin",
  };

  test("month-end, in its time zone", async () => {
    const { source } = open(monthEnd);
    expect(await source.due(now)).toEqual([]);
    expect(await source.due(at("2026-11-30T16:59:59Z"))).toEqual([]);
    const [firing] = await source.due(at("2026-11-30T17:00:00Z"));
    expect(firing).toMatchObject({ key: "2026-11-30T17:00:00.000Z", event: { kind: "schedule" } });
    await firing!.settle();
    expect(await source.due(at("2026-12-31T16:59:59Z"))).toEqual([]);
    expect(keys(await source.due(at("2026-12-31T17:00:30Z")))).toEqual([
      "2026-12-31T17:00:00.000Z",
    ]);
  });

  test("stays due until settled, by the same name, also after a restart; then not again", async () => {
    await open(monthEnd).source.due(now);
    at("2026-11-30T17:00:05Z");
    const before = await open(monthEnd).source.due(now);
    const after = await open(monthEnd).source.due(at("2026-12-01T09:00:00Z"));
    expect(keys(after)).toEqual(keys(before));
    await after[0]!.settle();
    expect(await open(monthEnd).source.due(now)).toEqual([]);
  });

  test("what was missed fires once, for the latest; what was before its beginning does not", async () => {
    const hourly: TriggerSource = { kind: "schedule", cron: "0 * * * *" };
    expect(await open(hourly).source.due(now)).toEqual([]);
    expect(keys(await open(hourly).source.due(at("2026-11-25T03:30:00Z")))).toEqual([
      "2026-11-25T03:00:00.000Z",
    ]);
  });

  test("the hour that is missing in spring and the one that comes twice in autumn fire once each", async () => {
    const nightly: TriggerSource = {
      kind: "schedule",
      cron: "30 2 * * *",
      timeZone: "Europe/Berlin",
    };
    for (const [from, to] of [
      ["2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z"],
      ["2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z"],
    ] as const) {
      kept.clear();
      const { source } = open(nightly);
      const fired: string[] = [];
      for (let time = Date.parse(from); time <= Date.parse(to); time += 600_000)
        for (const firing of await source.due(new Date(time))) {
          fired.push(firing.key);
          await firing.settle();
        }
      expect(fired).toHaveLength(1);
    }
  });

  test("a clock that was far ahead takes no times away, and one that is set back a little gives none twice", async () => {
    const hourly: TriggerSource = { kind: "schedule", cron: "0 * * * *" };
    const { source } = open(hourly);
    const firesAt = async (time: string): Promise<readonly string[]> => {
      const firings = await source.due(at(time));
      for (const firing of firings) await firing.settle();
      return keys(firings).map((key) => key.slice(0, 16));
    };
    expect(await firesAt("2026-11-22T12:30:00Z")).toEqual([]);
    expect(await firesAt("2027-11-22T12:30:00Z")).toEqual(["2027-11-22T12:00"]);
    expect(await firesAt("2026-11-22T12:40:00Z")).toEqual([]);
    expect(await firesAt("2026-11-22T13:00:00Z")).toEqual(["2026-11-22T13:00"]);
    expect(await firesAt("2026-11-22T12:59:00Z")).toEqual([]);
    expect(await firesAt("2026-11-22T13:01:00Z")).toEqual([]);
    expect(await firesAt("2026-11-22T14:00:00Z")).toEqual(["2026-11-22T14:00"]);
  });

  test("says when it fires next", () => {
    expect(nextOf({ kind: "schedule", cron: "0 18 L * *" }, now)?.toISOString()).toBe(
      "2026-11-30T18:00:00.000Z",
    );
  });

  test.each([
    "hello",
    "61 * * * *",
    "0 0 31 2 *",
    "@daily",
    "* * * * * * *",
    "2027-01-01T00:00:00",
  ])("%s is refused", (cron) => {
    expect(() => open({ kind: "schedule", cron })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });

  test("a time zone that does not exist is refused", () => {
    expect(() => open({ kind: "schedule", cron: "0 0 * * *", timeZone: "Mars/Olympus" })).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }),
    );
  });
});

describe("watch", () => {
  const watch: TriggerSource = { kind: "watch", glob: "data/**/*.csv", settleSeconds: 5 };
  async function put(name: string, content: string): Promise<void> {
    pass(1);
    const path = join(directory, "data", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, content);
    await utimes(path, now, now);
  }
  const pass = (seconds: number): Date => (now = new Date(now.getTime() + seconds * 1000));

  test("fires when files have settled and changed", async () => {
    await put("a.csv", "one");
    const { source } = open(watch);
    expect(await source.due(now)).toEqual([]);
    await put("a.csv", "two");
    expect(await source.due(pass(1))).toEqual([]);
    expect(await source.due(pass(4))).toEqual([]);
    const [firing] = await source.due(pass(1));
    expect(firing?.event.kind).toBe("watch");
    expect(keys(await source.due(pass(60)))).toEqual([firing!.key]);
    await firing!.settle();
    expect(await source.due(pass(60))).toEqual([]);
  });

  test("not while it is being written", async () => {
    const { source } = open(watch);
    await source.due(now);
    for (let turn = 0; turn < 10; turn++) {
      await put("a.csv", "x".repeat(turn + 1));
      expect(await source.due(pass(3))).toEqual([]);
    }
    await source.due(pass(3));
    expect(await source.due(pass(6))).toHaveLength(1);
  });

  test("not when a file is only touched, nor for files that are not meant", async () => {
    await put("a.csv", "one");
    const { source } = open(watch);
    await source.due(now);
    pass(10);
    await put("a.csv", "one");
    await put("b.txt", "two");
    await source.due(pass(1));
    expect(await source.due(pass(10))).toEqual([]);
  });

  test("what changed during a restart fires after it, what was settled before does not", async () => {
    await put("a.csv", "one");
    await open(watch).source.due(now);
    await put("a.csv", "two");
    await put("deep/b.csv", "new");
    const again = open(watch).source;
    await again.due(pass(10));
    const [firing] = await again.due(pass(10));
    await firing!.settle();
    const third = open(watch).source;
    await third.due(pass(10));
    expect(await third.due(pass(10))).toEqual([]);
  });

  test("what changes between firing and settling fires again", async () => {
    await put("a.csv", "one");
    const { source } = open(watch);
    await source.due(now);
    await put("a.csv", "two");
    await source.due(pass(1));
    const [first] = await source.due(pass(6));
    await put("a.csv", "three");
    await source.due(pass(1));
    const [second] = await source.due(pass(6));
    expect(second!.key).not.toBe(first!.key);
    await first!.settle();
    expect(keys(await source.due(pass(6)))).toEqual([second!.key]);
  });

  test("files that vanish leave nothing to push, and neither do files that are back as they were", async () => {
    await put("a.csv", "one");
    const { source } = open(watch);
    await source.due(now);
    await rm(join(directory, "data"), { recursive: true });
    await source.due(pass(1));
    expect(await source.due(pass(10))).toEqual([]);
    await put("a.csv", "one");
    await source.due(pass(1));
    expect(await source.due(pass(10))).toEqual([]);
  });
});

describe("webhook", () => {
  const webhook: TriggerSource = { kind: "webhook", name: "forge" };
  const body = new TextEncoder().encode('{"ref":"v1"}');
  const sign = (bytes: Uint8Array): string =>
    `sha256=${createHmac("sha256", secret).update(bytes).digest("hex")}`;
  const bearer = (id?: string): HookRequest["headers"] => ({
    authorization: `Bearer ${secret}`,
    "idempotency-key": id,
  });
  const accepted = { status: 202, outcome: "accepted" };
  const known = { status: 202, outcome: "known" };

  test("is kept before it is answered, fires, and the same delivery fires once", async () => {
    const { source, hooks } = open(webhook);
    const [hook] = hooks;
    const headers = { "x-hub-signature-256": sign(body), "x-github-delivery": "d-1" };
    expect(await hook!.handle({ body, headers })).toEqual(accepted);
    const again = open(webhook);
    expect(await again.hooks[0]!.handle({ body, headers })).toEqual(known);
    const firings = await again.source.due(now);
    expect(firings).toHaveLength(1);
    await firings[0]!.settle();
    expect(await hook!.handle({ body, headers })).toEqual(known);
    expect(await source.due(now)).toEqual([]);
    const next = new TextEncoder().encode('{"ref":"v2"}');
    const signed = { ...headers, "x-hub-signature-256": sign(next) };
    expect(await hook!.handle({ body: next, headers: signed })).toEqual(accepted);
    expect(await source.due(now)).toHaveLength(1);
  });

  test("who knows the secret itself names deliveries, or means every call", async () => {
    const { source, hooks } = open(webhook);
    const call = (id?: string): Promise<HookAnswer> =>
      hooks[0]!.handle({ body, headers: bearer(id) });
    expect(await call("build-1")).toEqual(accepted);
    expect(await call("build-2")).toEqual(accepted);
    expect(await call()).toEqual(accepted);
    expect(await call()).toEqual(known); // it waits still: one push does for both
    for (const firing of await source.due(now)) await firing.settle();
    expect(await call("build-1")).toEqual(known);
    expect(await call()).toEqual(accepted);
  });

  test("many at once are all kept, whichever process of one store they come to; the same one once", async () => {
    const { source, hooks } = open(webhook);
    const processes = [hooks[0]!, open(webhook).hooks[0]!];
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, index) =>
        processes.map((hook) => hook.handle({ body, headers: bearer(String(index)) })),
      ).flat(),
    );
    expect(answers.filter((answer) => answer.status === 202)).toHaveLength(100);
    expect(await source.due(now)).toHaveLength(50);
  });

  test("it remembers a bounded number, and forgets none of the last ten minutes", async () => {
    const done = Array.from({ length: maxRemembered }, (_, index) => ({
      key: `${index}`,
      at: now.toISOString(),
    }));
    kept.set("push/on", JSON.stringify({ waiting: [], done }));
    const { hooks } = open(webhook);
    const call = (): Promise<HookAnswer> => hooks[0]!.handle({ body, headers: bearer("one more") });
    await expect(call()).rejects.toMatchObject({ code: "UNAVAILABLE" });
    now = new Date(now.getTime() + 600_001);
    expect(await call()).toEqual(accepted);
    const remembered = JSON.parse(kept.get("push/on")!) as { done: { key: string }[] };
    expect(remembered.done).toHaveLength(maxRemembered - 1);
    expect(remembered.done[0]!.key).toBe("1");
  });

  test.each([
    ["nothing", {}],
    ["a wrong secret", { authorization: "Bearer wrong" }],
    ["a signature of another body", { "x-hub-signature-256": sign(new Uint8Array(1)) }],
    ["a signature without form", { "x-hub-signature-256": "sha256=zz" }],
    ["two values", { authorization: [`Bearer ${secret}`, "x"] }],
    [
      "a wrong secret beside a good signature",
      { authorization: "Bearer wrong", "x-hub-signature-256": sign(body) },
    ],
  ])("with %s it does not fire", async (_name, headers) => {
    const { source, hooks } = open(webhook);
    expect(await hooks[0]!.handle({ body, headers })).toEqual({ status: 401, verdict: "foreign" });
    expect(await source.due(now)).toEqual([]);
  });

  test.each([undefined, "short", "whsec_", "whsec_c2hvcnQ=", `whsec_${"!".repeat(40)}`])(
    "with %s for a secret it does not open",
    (secret) => {
      expect(() => open(webhook, secret === undefined ? {} : { secret })).toThrow(
        expect.objectContaining({ code: "CONFIG_INVALID" }),
      );
    },
  );
});

describe("combinations", () => {
  const hook = (name: string): TriggerSource => ({ kind: "webhook", name });
  async function call({ hooks }: OpenedSource, name: string, id: string): Promise<void> {
    await hooks
      .find((hook) => hook.name === name)!
      .handle({
        body: new Uint8Array(0),
        headers: { authorization: `Bearer ${secret}`, "idempotency-key": id },
      });
  }
  const pass = (seconds: number): Date => (now = new Date(now.getTime() + seconds * 1000));

  test("all of them within the window, in any order", async () => {
    const opened = open({ kind: "allOf", withinSeconds: 60, of: [hook("a"), hook("b")] });
    await call(opened, "b", "1");
    expect(await opened.source.due(pass(30))).toEqual([]);
    await call(opened, "a", "1");
    const [firing] = await opened.source.due(now);
    expect(firing?.event).toMatchObject({ kind: "combination", detail: "a and b" });
    // It is the same after a restart, until it is settled.
    const again = open({ kind: "allOf", withinSeconds: 60, of: [hook("a"), hook("b")] });
    expect(keys(await again.source.due(pass(300)))).toEqual([firing!.key]);
    await firing!.settle();
    expect(await again.source.due(now)).toEqual([]);
  });

  test("what one did too long before the others does not count", async () => {
    const opened = open({ kind: "allOf", withinSeconds: 60, of: [hook("a"), hook("b")] });
    await call(opened, "a", "1");
    expect(await opened.source.due(pass(61))).toEqual([]);
    await call(opened, "b", "1");
    expect(await opened.source.due(now)).toEqual([]);
    await call(opened, "a", "2");
    expect(await opened.source.due(pass(5))).toHaveLength(1);
  });

  test("any of them, each once, in the order of time", async () => {
    const opened = open({ kind: "anyOf", of: [hook("a"), hook("b")] });
    await call(opened, "b", "1");
    pass(1);
    await call(opened, "a", "1");
    const firings = await opened.source.due(now);
    expect(firings.map(({ event }) => event.detail)).toEqual(["b", "a"]);
    await firings[0]!.settle();
    expect(keys(await opened.source.due(now))).toEqual([firings[1]!.key]);
  });

  test("they nest: at month-end, when the file has been posted or somebody called", async () => {
    verifies("event");
    const opened = open({
      kind: "allOf",
      withinSeconds: 86_400,
      of: [
        { kind: "schedule", cron: "0 18 L * *" },
        {
          kind: "anyOf",
          of: [{ kind: "watch", glob: "data/*.csv", settleSeconds: 0 }, hook("late")],
        },
      ],
    });
    await opened.source.due(now);
    expect(await opened.source.due(at("2026-11-30T18:00:00Z"))).toEqual([]);
    await mkdir(join(directory, "data"));
    await writeFile(join(directory, "data", "month.csv"), "1;2;3");
    await opened.source.due(at("2026-11-30T20:00:00Z"));
    const [firing] = await opened.source.due(at("2026-11-30T20:00:01Z"));
    expect(firing?.event.detail).toContain("0 18 L * *");
    await firing!.settle();
    expect(await opened.source.due(at("2026-11-30T21:00:00Z"))).toEqual([]);
  });
});
