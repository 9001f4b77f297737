/**
 * A copy of the embedded store while a server uses it, and the way back. The copy is one moment of the store.
 *
 * What is restored lies in the past: numbers that were given out since must not be given out again with another text
 * (agents would call it two views of one sequence), so every counter is moved far ahead, and those that are not there
 * yet begin there.
 */
import { chmodSync, copyFileSync, renameSync, rmSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { OutriderError, isOutriderError } from "../../errors/index.ts";
import { makePrivate, openDatabase } from "./database.ts";

/** More than a server gives out between two backups. */
const ahead = 1_000_000;

/** Copies the store at `path` to the file `to`, which is replaced whole or not at all. @throws STORE_FAILED */
export function backUpStore(path: string, to: string): void {
  failingAs(path, () => {
    const part = `${to}.part`;
    rmSync(part, { force: true });
    makePrivate(part);
    const database = new DatabaseSync(path, { readOnly: true, timeout: 5000 });
    try {
      database.prepare("VACUUM INTO ?").run(part);
    } finally {
      database.close();
    }
    renameSync(part, to);
  });
}

/**
 * Puts a copy in place at `path`, where none may be in use.
 * @throws STORE_FAILED if it is damaged or of a newer form
 */
export function restoreStore(from: string, path: string): void {
  failingAs(from, () => {
    const part = `${path}.part`;
    copyFileSync(from, part);
    chmodSync(part, 0o600);
    const database = openDatabase(part);
    try {
      const found = String(database.one("PRAGMA integrity_check")?.["integrity_check"]);
      if (found !== "ok") throw new Error(found);
      // Under no name: where those begin that are not there yet.
      database.run("INSERT INTO counters VALUES ('', 0) ON CONFLICT (key) DO NOTHING");
      database.run("UPDATE counters SET value = value + ?", ahead);
    } finally {
      database.close();
    }
    renameSync(part, path);
  });
}

function failingAs(path: string, work: () => void): void {
  try {
    work();
  } catch (cause) {
    if (isOutriderError(cause)) throw cause;
    throw new OutriderError(
      "STORE_FAILED",
      `The store ${path} cannot be copied: ${(cause as Error).message}.`,
      { subject: path, cause },
    );
  }
}
