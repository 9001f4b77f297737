import { expect, test, vi } from "vitest";
import { droppedReceipts, type ReceiptDrop } from "./dropped-receipts.ts";

/** A folder of so many receipts. */
function drop(count: number, read: ReceiptDrop["read"]): ReceiptDrop {
  const names = Array.from({ length: count }, (_, at) => `${String(at).padStart(64, "0")}.json`);
  return {
    root: "share",
    list: async (_folder, options) =>
      (options?.pick?.(names) ?? names).map((name) => ({ name, isPlainFile: true, size: 1 })),
    read,
    remove: async () => undefined,
  };
}

test("one look takes a thousand at the most, and begins anywhere", async () => {
  using random = vi.spyOn(Math, "random").mockReturnValue(0.5);
  const seen: string[] = [];
  for await (const { origin } of droppedReceipts(drop(1500, async () => new Uint8Array(1))))
    seen.push(origin.slice(-9, -5));
  expect(random).toHaveBeenCalledOnce();
  expect([seen.length, seen[0], seen.at(-1)]).toEqual([1000, "0750", "0249"]);
});

test("what nobody can read keeps the others back for fifty faults, and no longer", async () => {
  const read = vi.fn<ReceiptDrop["read"]>(async (name) => {
    if (name.endsWith("0.json")) return new Uint8Array(1);
    throw new Error("not for you");
  });
  const onFault = vi.fn<() => void>();
  using _random = vi.spyOn(Math, "random").mockReturnValue(0);
  let taken = 0;
  for await (const _ of droppedReceipts(drop(1000, read), { onFault })) taken++;
  expect([taken, onFault.mock.calls.length]).toEqual([6, 50]);
  const none = drop(1000, async () => {
    throw new Error("gone");
  });
  await expect(droppedReceipts(none).next()).rejects.toThrow("gone");
});
