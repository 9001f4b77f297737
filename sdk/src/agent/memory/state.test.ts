import { expect, test } from "vitest";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import { readWhole, syncedWrite } from "../../ports/index.ts";
import { AgentState } from "./state.ts";

test("what would be too large to be read again is not written, and what is there stays", async () => {
  const disk = new MemoryDisk();
  for (const folder of ["/data", "/install"]) await disk.makeDirectory(folder);
  const open = (): Promise<AgentState> =>
    AgentState.open(disk, { data: "/data", install: "/install" }, { bundled: {}, now: new Date() });
  const state = await open();
  await state.answer("first");
  const large = "x".repeat(17 * 1024 * 1024);
  await expect(state.answer(large)).rejects.toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
  await state.answer("second");
  for (const { lost, memory } of [state, await open()])
    expect({ lost, answered: memory.answered }).toEqual({
      lost: false,
      answered: ["first", "second"],
    });
});

test.each([
  ["versions that are none", { trust: { root: "x" } }],
  ["a list in its place", { trust: [] }],
])(
  "what trust remembers and is damaged (%s) makes the whole file count as lost",
  async (_, damage) => {
    const disk = new MemoryDisk();
    for (const folder of ["/data", "/install/demo-app"]) await disk.makeDirectory(folder);
    const open = (): Promise<AgentState> =>
      AgentState.open(
        disk,
        { data: "/data", install: "/install" },
        { bundled: {}, now: new Date() },
      );
    await (await open()).install("demo-app", { version: "2.0.0" });
    const kept = JSON.parse(
      new TextDecoder().decode(await readWhole(disk, "/data/state.json", 10_000)),
    ) as object;
    const text = JSON.stringify({ ...kept, ...damage });
    await syncedWrite(disk, "/data/state.json", new TextEncoder().encode(text));
    const state = await open();
    expect(state.lost).toBe(true);
    expect(state.memory.installed["demo-app"]?.version).toBe("2.0.0"); // from the copy beside it
  },
);

test("the last control of a deployment stands; of answers the last thousand are known, each once", async () => {
  const disk = new MemoryDisk();
  for (const folder of ["/data", "/install"]) await disk.makeDirectory(folder);
  const state = await AgentState.open(
    disk,
    { data: "/data", install: "/install" },
    { bundled: {}, now: new Date() },
  );
  const control = { deployment: "one", issuedAt: "2026-11-22T12:00:00Z", reason: "" };
  await state.control({ ...control, action: "pause" });
  await state.control({ ...control, action: "resume" });
  expect(state.memory.controls).toEqual([{ ...control, action: "resume" }]);
  const many = Array.from({ length: 1000 }, (_, at) => `${at}`);
  await state.change((memory) => ({ ...memory, answered: many }));
  for (let time = 0; time < 2; time++) await state.answer("last");
  const { answered } = state.memory;
  expect([answered.length, answered[0], answered.at(-1)]).toEqual([1000, "1", "last"]);
});
