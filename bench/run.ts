/**
 * One subject, in a process of its own (one's memory and warmth are not the other's) and a folder of its own, which is
 * everything temporary to it. Where it is broken off, neither processes nor files of it are left.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { Subject } from "./subjects.ts";
import { toldFileVariable, type Told } from "./table/row.ts";

const graceMs = 5000;
/** What hangs must not take the others along. */
const patienceMs = 40 * 60_000;

/** Runs it to its end. @returns what it told; where it did not end well, that too */
export async function runSubject(
  { name, tools = [], quick }: Subject,
  options: { readonly quick: boolean; readonly signal: AbortSignal },
): Promise<Told[]> {
  const absent = tools.filter((tool) => !isInstalled(tool));
  if (absent.length > 0) {
    const what = `${name}: ${absent.join(", ")} not installed`;
    process.stderr.write(`  !!! NOT MEASURED: ${what} !!!\n`);
    return [{ kind: "missing", what }];
  }
  const folder = mkdtempSync(join(tmpdir(), "outrider-bench-"));
  chmodSync(folder, 0o755); // servers that give up root must pass through it
  const toldFile = join(folder, "told");
  try {
    const failure = await run(
      [join(import.meta.dirname, `${name}.ts`), ...(options.quick ? quick : [])],
      { ...process.env, TMPDIR: folder, [toldFileVariable]: toldFile },
      options.signal,
    );
    const told = readTold(toldFile);
    return failure === undefined
      ? told
      : [...told, { kind: "missing", what: `${name}: ${failure}` }];
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** As leader of a group, so that what it started can be ended with it. @returns why it did not end well */
async function run(
  program: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<string | undefined> {
  const child = spawn(
    process.execPath,
    ["--expose-gc", "--disable-warning=ExperimentalWarning", ...program],
    { stdio: ["ignore", "ignore", "inherit"], detached: true, env },
  );
  const patience = AbortSignal.timeout(patienceMs);
  const stop = AbortSignal.any([signal, patience]);
  // Only the leader: the keepers of its servers see it go, and end them.
  const cancel = (): void => void child.kill("SIGTERM");
  stop.addEventListener("abort", cancel, { once: true });
  if (stop.aborted) cancel();
  const [code, by] = (await once(child, "close")) as [number | null, string | null];
  stop.removeEventListener("abort", cancel);
  await endGroup(child.pid ?? 0);
  if (signal.aborted) return "broken off";
  if (patience.aborted) return "took too long";
  return code === 0 ? undefined : `ended with ${code ?? by}`;
}

/** What is left of a group after its leader has some time to end by itself. */
async function endGroup(leader: number): Promise<void> {
  const tell = (name: NodeJS.Signals | 0): boolean => {
    try {
      return process.kill(-leader, name);
    } catch {
      return false; // all of it is gone
    }
  };
  for (const until = Date.now() + graceMs; Date.now() < until; await pause(50))
    if (!tell(0)) return;
  tell("SIGKILL");
}

function readTold(file: string): Told[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line) as Told);
}

function isInstalled(tool: string): boolean {
  const folders = `${process.env["PATH"] ?? ""}${delimiter}/usr/sbin`.split(delimiter);
  return folders.some((folder) => existsSync(join(folder, tool)));
}
