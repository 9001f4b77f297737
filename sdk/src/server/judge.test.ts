import { expect, test } from "vitest";
import { OutriderError } from "../errors/index.ts";
import type { AuditEntry } from "./audit/entry.ts";
import { judge } from "./judge.ts";

test("T6 however long a stranger's words are, the log keeps few of them", async () => {
  const entries: AuditEntry[] = [];
  const parts = {
    audit: { append: async (entry: AuditEntry) => void entries.push(entry) },
    tell: () => undefined,
  };
  const raw = { bytes: new Uint8Array(1), receivedAt: new Date(0), via: "http" as const };
  await judge("trigger", raw, parts, async () => {
    throw new OutriderError("DOCUMENT_INVALID", `It holds ${"x".repeat(60_000)}.`);
  });
  expect(entries).toHaveLength(1);
  expect(entries[0]?.detail).toHaveLength(1000);
});
