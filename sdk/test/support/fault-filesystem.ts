/**
 * A FileSystem whose n-th call goes wrong (after SQLite's ioerr tests): `fail` makes just that call fail, `kill` ends
 * the process there: that call and every later one does nothing but fail.
 */
import type { FileHandle, FileSystem } from "../../src/ports/index.ts";
import { failure } from "./memory-disk.ts";

/** What goes wrong, and when. */
export interface Fault {
  /** Which call, from 1. */
  readonly at: number;
  readonly kind: "fail" | "kill" | "short";
  /** For `fail`: the error's code. */
  readonly code?: string;
}

/** Counts calls and lets one go wrong. */
export class FaultFileSystem implements FileSystem {
  /** Calls so far; for `short` only writes count. */
  calls = 0;
  fault: Fault | undefined;
  readonly #inner: FileSystem;

  constructor(inner: FileSystem) {
    this.#inner = inner;
  }

  /** Did the fault happen? */
  get fired(): boolean {
    return this.fault !== undefined && this.calls >= this.fault.at;
  }

  readonly open: FileSystem["open"] = async (path, mode) => {
    const handle = await this.#call("open", path, () => this.#inner.open(path, mode));
    const wrap =
      <A extends unknown[], R>(
        syscall: string,
        call: (...args: A) => Promise<R>,
      ): ((...args: A) => Promise<R>) =>
      (...args) =>
        this.#call(syscall, path, () => call(...args));
    return {
      read: wrap("read", (buffer: Uint8Array, position: number) => handle.read(buffer, position)),
      write: (bytes) => this.#write(handle, path, bytes),
      stat: wrap("fstat", () => handle.stat()),
      sync: wrap("fsync", () => handle.sync()),
      close: () => handle.close(), // an error here tells nothing that fsync did not
    };
  };
  readonly list: FileSystem["list"] = (path) =>
    this.#call("scandir", path, () => this.#inner.list(path));
  readonly stat: FileSystem["stat"] = (path) =>
    this.#call("lstat", path, () => this.#inner.stat(path));
  readonly makeDirectory: FileSystem["makeDirectory"] = (path, mode) =>
    this.#call("mkdir", path, () => this.#inner.makeDirectory(path, mode));
  readonly rename: FileSystem["rename"] = (from, to) =>
    this.#call("rename", from, () => this.#inner.rename(from, to));
  readonly remove: FileSystem["remove"] = (path) =>
    this.#call("rm", path, () => this.#inner.remove(path));
  readonly link: FileSystem["link"] = (target, path) =>
    this.#call("symlink", path, () => this.#inner.link(target, path));
  readonly readLink: FileSystem["readLink"] = (path) =>
    this.#call("readlink", path, () => this.#inner.readLink(path));
  readonly setMode: FileSystem["setMode"] = (path, mode) =>
    this.#call("chmod", path, () => this.#inner.setMode(path, mode));
  readonly syncDirectory: FileSystem["syncDirectory"] = (path) =>
    this.#call("fsync", path, () => this.#inner.syncDirectory(path));
  readonly freeBytes: FileSystem["freeBytes"] = (path) =>
    this.#call("statfs", path, () => this.#inner.freeBytes(path));

  async #write(handle: FileHandle, path: string, bytes: Uint8Array): Promise<void> {
    if (this.fault?.kind !== "short") return this.#call("write", path, () => handle.write(bytes));
    this.calls++;
    if (this.calls !== this.fault.at) return handle.write(bytes);
    await handle.write(bytes.subarray(0, bytes.length >> 1));
    throw failure("ENOSPC", "write", path);
  }

  async #call<R>(syscall: string, path: string, call: () => Promise<R>): Promise<R> {
    const { fault } = this;
    if (fault?.kind === "short") return call();
    this.calls++;
    if (fault?.kind === "kill" && this.calls >= fault.at) throw failure("EIO", syscall, path);
    if (fault?.kind === "fail" && this.calls === fault.at)
      throw failure(fault.code ?? "EIO", syscall, path);
    return call();
  }
}
