/**
 * The audit log: entries a second, each synced before the next, and in groups, against bare appends of as many bytes that are
 * synced as often.
 *
 *     node bench/audit.ts [--rounds 3]
 */
import { mkdtempSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { nodeFileSystem } from "../sdk/src/ports/index.ts";
import { openAuditLog } from "../sdk/src/server/index.ts";
import { compare, type Round } from "./table/row.ts";

const [single, atOnce] = [300, 500] as const;
const { values } = parseArgs({ options: { rounds: { type: "string", default: "3" } } });
const folder = mkdtempSync(join(tmpdir(), "outrider-bench-audit-"));
const entry = {
  at: new Date().toISOString(),
  kind: "trigger",
  via: "http",
  verdict: "refused",
  sha256: "0".repeat(64),
  bytes: 900,
} as const;
const log = await openAuditLog({ path: join(folder, "audit.jsonl"), fileSystem: nodeFileSystem });
const bare = await open(join(folder, "bare"), "a");
try {
  const line = Buffer.alloc(400, "x");
  const synced = async (bytes: Uint8Array): Promise<void> => {
    await bare.write(bytes);
    await bare.datasync();
  };
  const singly: Round[] = [];
  const together: Round[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    singly.push({
      ours: await rate(single, 1, () => log.append(entry)),
      theirs: await rate(single, 1, () => synced(line)),
    });
    const group = Buffer.alloc(line.length * atOnce, "x");
    together.push({
      ours: await rate(50, atOnce, () =>
        Promise.all(Array.from({ length: atOnce }, () => log.append(entry))),
      ),
      theirs: await rate(50, atOnce, () => synced(group)),
    });
  }
  const peer = "a bare append, synced";
  compare({ what: "audit entries, each synced", unit: "a second", peer }, singly);
  compare({ what: `audit entries, ${atOnce} at a time`, unit: "a second", peer }, together);
} finally {
  await log.close();
  await bare.close();
  rmSync(folder, { recursive: true });
}

/** Entries a second. */
async function rate(times: number, each: number, work: () => Promise<unknown>): Promise<number> {
  const started = performance.now();
  for (let turn = 0; turn < times; turn++) await work();
  return (times * each * 1000) / (performance.now() - started);
}
