/** A GnuPG home of its own for one test: nothing of the machine's own keys is seen or touched. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A home with gpg bound to it. */
export interface GnupgHome {
  readonly directory: string;
  /** Runs gpg with these arguments; rejects when it fails. */
  gpg(...argv: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }>;
  /** Writes a file inside the home; returns its path. */
  file(name: string, content: string | Uint8Array): Promise<string>;
  /** Ends the agent that gpg started and removes everything. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** Makes a home. The path is short: gpg-agent's sockets lie in it. */
export async function gnupgHome(gpgPath: string): Promise<GnupgHome> {
  const directory = await mkdtemp(join(tmpdir(), "gpg-"));
  return {
    directory,
    gpg: (...argv) =>
      run(gpgPath, ["--homedir", directory, "--batch", "--no-tty", ...argv], {
        encoding: "utf8",
        maxBuffer: 16 * 1024 * 1024,
      }),
    async file(name, content) {
      const path = join(directory, name);
      await writeFile(path, content);
      return path;
    },
    async [Symbol.asyncDispose]() {
      spawnSync("gpgconf", ["--homedir", directory, "--kill", "all"], { timeout: 60_000 });
      await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    },
  };
}
