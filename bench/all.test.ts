/** `pnpm bench` as a person runs it: a cheap subject to its end, a wrong name, and broken off. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Chapter } from "./table/page.ts";

let temporary: string;
beforeAll(async () => {
  temporary = await mkdtemp(join(tmpdir(), "outrider-bench-test-"));
});
afterAll(() => rm(temporary, { recursive: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** @param interruptAt sends Ctrl-C's signal as soon as it says this. */
async function bench(parameters: readonly string[], interruptAt?: string): Promise<Ended> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "all.ts"), ...parameters], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: temporary },
  });
  const said = { stdout: "", stderr: "" };
  let isInterrupted = false;
  child.stdout.setEncoding("utf8").on("data", (text: string) => (said.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr += text;
    if (interruptAt === undefined || isInterrupted || !said.stderr.includes(interruptAt)) return;
    isInterrupted = child.kill("SIGINT");
  });
  const [code] = (await once(child, "close")) as [number | null];
  return { code, ...said };
}

test("a subject is measured in a folder that goes with it, and told as JSON", async () => {
  const { code, stdout, stderr } = await bench(["--quick", "--only", "audit", "--json"]);
  expect(stderr).toContain("audit …");
  expect(code).toBe(0);
  const { chapters } = JSON.parse(stdout) as { chapters: Chapter[] };
  expect(chapters).toMatchObject([
    { subject: "audit", told: [{ kind: "row", peer: "a bare append, synced" }, { kind: "row" }] },
  ]);
  expect(await readdir(temporary)).toEqual([]);
});

test("a name that no subject has", async () => {
  const { code, stderr } = await bench(["--only", "nothing"]);
  expect([code, stderr]).toEqual([2, expect.stringContaining("There is no subject nothing")]);
});

test("broken off it leaves neither files nor a table that looks complete", async () => {
  const { code, stdout, stderr } = await bench(["--quick", "--only", "plan,audit"], "plan …");
  expect(code).toBe(130);
  expect(stderr).not.toContain("audit …");
  expect(stdout).not.toContain("audit");
  expect(await readdir(temporary)).toEqual([]);
});
