import { expect, test } from "vitest";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
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
