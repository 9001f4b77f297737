import Fastify from "fastify";
import { expect, test } from "vitest";
import { hookRoutes, type Hook } from "./hooks.ts";

const answers: Readonly<Record<string, Awaited<ReturnType<Hook["handle"]>>>> = {
  new: { status: 202, outcome: "accepted" },
  again: { status: 202, outcome: "known" },
  old: { status: 401, verdict: "stale" },
  foreign: { status: 401, verdict: "foreign" },
};

test("who calls hears what became of it; only what is refused counts against the address", async () => {
  const charged: string[] = [];
  const gate = { waitSeconds: () => 0, charge: (address: string) => void charged.push(address) };
  const hook: Hook = {
    name: "forge",
    handle: async ({ headers }) => answers[String(headers["x-call"])]!,
  };
  const app = Fastify();
  hookRoutes(app, [hook], gate);
  const call = async (name: string, what: string): Promise<unknown> => {
    const answer = await app.inject({
      method: "POST",
      url: `/hooks/${name}`,
      headers: { "x-call": what },
    });
    return [answer.statusCode, answer.json<{ outcome?: string; code?: string }>()];
  };
  const wrongSecret = [401, { code: "HOOK_REFUSED", message: "The webhook's secret is wrong." }];
  expect(await call("forge", "new")).toEqual([202, { outcome: "accepted" }]);
  expect(await call("forge", "again")).toEqual([202, { outcome: "known" }]);
  expect(charged).toEqual([]);
  expect(await call("forge", "old")).toMatchObject([401, { code: "HOOK_STALE" }]);
  expect(await call("forge", "foreign")).toEqual(wrongSecret);
  expect(await call("nobody's", "new")).toEqual(wrongSecret);
  expect(charged).toHaveLength(3);
  await app.close();
});
