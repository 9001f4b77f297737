import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert, asyncProperty, nat } from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { Vendor } from "../../../test/support/vendor.ts";
import { verifies } from "../../../test/support/verifies.ts";
import { nodeFileSystem, type FileSystem } from "../../ports/index.ts";
import type { AuditEntry, AuditLine } from "./entry.ts";
import { openAuditLog } from "./log.ts";
import { verifyAudit, type AuditVerdict } from "./verify.ts";

let directory: string;
let path: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "outrider-audit-"));
  path = join(directory, "log", "audit.jsonl");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

const entry = (detail: string): AuditEntry => ({
  at: "2026-11-22T12:00:00.000Z",
  kind: "trigger",
  via: "http",
  verdict: "refused",
  sha256: "0".repeat(64),
  bytes: 1,
  detail,
});

async function write(count: number): Promise<void> {
  const log = await openAuditLog({ path, fileSystem: nodeFileSystem });
  await Promise.all(Array.from({ length: count }, (_, index) => log.append(entry(`n${index} ü`))));
  await log.close();
}

async function verify(head?: string): Promise<AuditVerdict> {
  return verifyAudit({ path, fileSystem: nodeFileSystem, ...(head === undefined ? {} : { head }) });
}

test("chains what it is given, over restarts, readable by its owner only", async () => {
  await write(3);
  await write(2);
  const lines: AuditLine[] = [];
  const verdict = await verifyAudit({
    path,
    fileSystem: nodeFileSystem,
    onLine: (line) => lines.push(line),
  });
  expect(verdict).toMatchObject({ number: 5, tornLines: 0, end: "whole" });
  expect(lines.map(({ number, detail }) => [number, detail])).toEqual([
    [1, "n0 ü"],
    [2, "n1 ü"],
    [3, "n2 ü"],
    [4, "n0 ü"],
    [5, "n1 ü"],
  ]);
  expect((await nodeFileSystem.stat(path))?.mode).toBe(0o600);
});

test("any changed byte shows", async () => {
  await write(4);
  const { sha256: head } = await verify();
  const bytes = await readFile(path);
  await assert(
    asyncProperty(nat(bytes.length - 1), nat(7), async (at, bit) => {
      const changed = Buffer.from(bytes);
      changed[at]! ^= 1 << bit;
      await writeFile(path, changed);
      await expect(verify(head)).rejects.toMatchObject({ code: "AUDIT_BROKEN" });
    }),
    { numRuns: 150 },
  );
});

test("a line removed, doubled, swapped or put in shows", async () => {
  await write(5);
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  const [a, b, c, d, e] = lines as [string, string, string, string, string];
  for (const changed of [
    [a, c, d, e],
    [b, c, d, e],
    [a, a, b, c, d, e],
    [a, c, b, d, e],
    [a, b, e],
    [a, d.replace("n3", "n9"), b, c, d, e],
  ]) {
    await writeFile(path, `${changed.join("\n")}\n`);
    await expect(verify()).rejects.toMatchObject({ code: "AUDIT_BROKEN" });
  }
});

test("a cut-off end shows to whoever kept the digest of the last line", async () => {
  await write(5);
  const { sha256: head } = await verify();
  const lines = (await readFile(path, "utf8")).trimEnd().split("\n");
  await writeFile(path, `${lines.slice(0, 3).join("\n")}\n`);
  expect((await verify()).number).toBe(3);
  await expect(verify(head)).rejects.toMatchObject({ code: "AUDIT_BROKEN" });
});

test("a crash at any byte of the last line is survived, and told", async () => {
  await write(3);
  const whole = await readFile(path);
  const last = whole.lastIndexOf("\n", whole.length - 2) + 1;
  for (let length = last; length < whole.length; length += 7) {
    await writeFile(path, whole.subarray(0, length));
    await write(2);
    const isTorn = length > last;
    expect({ length, ...(await verify()) }).toMatchObject({
      length,
      number: 4,
      tornLines: isTorn ? 1 : 0,
      end: "whole",
    });
  }
  await writeFile(path, whole.subarray(0, -1)); // only the line end is missing: the entry is whole
  await write(1);
  expect(await verify()).toMatchObject({ number: 4, tornLines: 0 });
});

test("two torn lines in a row, or one that nobody owns up to, are no crash", async () => {
  await write(2);
  const text = await readFile(path, "utf8");
  await writeFile(path, `${text}{"torn":\n{"torn":\n`);
  await expect(verify()).rejects.toMatchObject({ code: "AUDIT_BROKEN" });
  await writeFile(path, text.replace("\n", "\n{\n"));
  await expect(verify()).rejects.toMatchObject({ code: "AUDIT_BROKEN" });
});

test("a broken log is not written on", async () => {
  await write(2);
  await appendFile(path, "{}\n{}\n");
  await expect(openAuditLog({ path, fileSystem: nodeFileSystem })).rejects.toMatchObject({
    code: "AUDIT_BROKEN",
  });
});

test("after one line could not be written nothing is accepted any more", async () => {
  let isFull = false;
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const handle = await nodeFileSystem.open(path, mode);
      const sync = (): Promise<void> =>
        isFull ? Promise.reject(new Error("ENOSPC")) : handle.sync();
      return {
        read: (...a) => handle.read(...a),
        write: (b) => handle.write(b),
        stat: () => handle.stat(),
        sync,
        close: () => handle.close(),
      };
    },
  };
  const log = await openAuditLog({ path, fileSystem });
  await log.append(entry("good"));
  isFull = true;
  await expect(log.append(entry("lost"))).rejects.toMatchObject({ code: "AUDIT_FAILED" });
  isFull = false;
  await expect(log.append(entry("later"))).rejects.toMatchObject({ code: "AUDIT_FAILED" });
  await log.close();
});

test("many at once share a sync", async () => {
  let syncs = 0;
  const fileSystem: FileSystem = {
    ...nodeFileSystem,
    async open(path, mode) {
      const handle = await nodeFileSystem.open(path, mode);
      const sync = async (): Promise<void> => {
        syncs++;
        await handle.sync();
      };
      return {
        read: (...a) => handle.read(...a),
        write: (b) => handle.write(b),
        stat: () => handle.stat(),
        sync,
        close: () => handle.close(),
      };
    },
  };
  const log = await openAuditLog({ path, fileSystem });
  await Promise.all(Array.from({ length: 1000 }, (_, index) => log.append(entry(String(index)))));
  await log.close();
  expect(syncs).toBeLessThan(10);
  expect((await verify()).number).toBe(1000);
});

test("every trigger, good or bad, leaves one entry with its verdict", async () => {
  verifies("step-65");
  const vendor = await Vendor.open();
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  const good = await vendor.trigger(hosted);
  await vendor.server.submit(good, "http");
  await vendor.server.submit(good, "spool");
  await vendor.server.submit(new TextEncoder().encode("spam"), "email");
  await vendor.server.close();
  const lines: AuditLine[] = [];
  await verifyAudit({
    path: vendor.auditPath,
    fileSystem: nodeFileSystem,
    onLine: (line) => lines.push(line),
  });
  expect(lines.map(({ via, verdict, code }) => [via, verdict, code])).toEqual([
    ["http", "accepted", undefined],
    ["spool", "refused", "REPLAYED"],
    ["email", "ignored", undefined],
  ]);
  expect(lines[0]!.signers).toEqual([vendor.simulator.signers.push[0]!.trusted.primary]);
  expect(lines[0]!.sha256).toBe(lines[1]!.sha256);
  await vendor.close();
});
