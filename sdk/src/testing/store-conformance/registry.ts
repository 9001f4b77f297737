/** Agents are found by group and by name. */
import { deepEqual, equal, rejects } from "node:assert/strict";
import type { Cases } from "./ground.ts";

/** The cases. */
export const registry: Cases = {
  async "finds agents by group and by name, once each"(ground) {
    const agent = (id: string, ...groups: string[]) => ({ id, groups, addresses: { unc: true } });
    await ground.store.agents.put([
      agent("b", "x", "y"),
      agent("a", "x"),
      agent("c", "z"),
      agent("d", "w", "w"),
    ]);
    await ground.restart();
    const { agents } = ground.store;
    const names = async (audience: Parameters<typeof agents.matching>[0]): Promise<string[]> =>
      (await agents.matching(audience)).map(({ id }) => id);
    deepEqual(await names({ groups: ["x", "y"] }), ["a", "b"]);
    deepEqual(await names({ groups: ["y", "w"] }), ["b", "d"]);
    deepEqual(await names({ groups: ["z"], agents: ["a", "c", "nobody"] }), ["a", "c"]);
    const second = await agents.matching({ groups: ["x", "z"] }, { after: "a", limit: 1 });
    deepEqual(
      second.map(({ id }) => id),
      ["b"],
    );
    const named = await agents.matching({ agents: ["a", "c"] }, { after: "a" });
    deepEqual(
      named.map(({ id }) => id),
      ["c"],
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

  async "takes as many agents as there are, one after the other, all or none; tells who has a key"({
    store: { agents },
  }) {
    const agent = (index: number) => ({
      id: `a${String(index).padStart(5, "0")}`,
      groups: ["all"],
      addresses: { unc: true },
      ...(index % 1000 === 0 ? { encryptionKey: `key ${index}` } : {}),
    });
    const some = {
      *[Symbol.iterator]() {
        for (let index = 0; index < 12_000; index++) yield agent(index);
        yield { ...agent(5), groups: ["last"] };
      },
    };
    const broken = {
      *[Symbol.iterator]() {
        yield* some;
        throw new RangeError("no more can be read");
      },
    };
    await rejects(agents.put(broken));
    deepEqual(await agents.list(), []);
    await agents.put(some);
    const after = agent(11_997).id;
    equal((await agents.matching({ groups: ["all"] }, { after })).length, 2);
    deepEqual((await agents.find(agent(5).id))?.groups, ["last"]);
    deepEqual(
      await agents.encryptionKeys([agent(1).id, agent(2000).id, "nobody"]),
      new Map([[agent(2000).id, "key 2000"]]),
    );
  },
};
