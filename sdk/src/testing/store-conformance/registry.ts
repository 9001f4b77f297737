/** Agents are found by group and by name. */
import { deepEqual, equal } from "node:assert/strict";
import type { Cases } from "./ground.ts";

/** The cases. */
export const registry: Cases = {
  async "finds agents by group and by name, once each"(ground) {
    const agent = (id: string, ...groups: string[]) => ({ id, groups, addresses: { unc: true } });
    await ground.store.agents.put([
      agent("b", "x", "y"),
      agent("a", "x"),
      agent("c", "z"),
      agent("d"),
    ]);
    await ground.restart();
    const { agents } = ground.store;
    const names = async (audience: Parameters<typeof agents.matching>[0]): Promise<string[]> =>
      (await agents.matching(audience)).map(({ id }) => id);
    deepEqual(await names({ groups: ["x", "y"] }), ["a", "b"]);
    deepEqual(await names({ groups: ["z"], agents: ["a", "c", "nobody"] }), ["a", "c"]);
    const second = await agents.matching({ groups: ["x", "z"] }, { after: "a", limit: 1 });
    deepEqual(
      second.map(({ id }) => id),
      ["b"],
    );
    await agents.put([agent("b", "z")]);
    deepEqual(await names({ groups: ["x"] }), ["a"]);
    deepEqual(await names({ groups: ["z"] }), ["b", "c"]);
    deepEqual((await agents.find("b"))?.groups, ["z"]);
    equal(await agents.find("nobody"), undefined);
    deepEqual(
      (await agents.list({ after: "a", limit: 2 })).map(({ id }) => id),
      ["b", "c"],
    );
  },
};
