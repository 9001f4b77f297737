/**
 * A disk in memory behind the FileSystem port. It writes down every change and every barrier, so that the images a
 * power cut could leave can be made from the record (`crash-images.ts`).
 *
 * Nodes (files, folders, links) have numbers, as inodes do; a folder's entries and a file's bytes are separate things,
 * which become durable separately: bytes by `sync`, entries by `syncDirectory` of their folder.
 */
import type { FileFacts, FileHandle, FileSystem, OpenMode } from "../../src/ports/index.ts";

/** A node of the disk. */
export type DiskNode =
  | { readonly kind: "file"; bytes: Uint8Array; mode: number }
  | { readonly kind: "folder"; readonly entries: Map<string, number>; mode: number }
  | { readonly kind: "link"; readonly target: string };

/** One change or barrier. */
export type Operation =
  | {
      readonly kind: "enter";
      readonly folder: number;
      readonly name: string;
      readonly node: number;
    }
  | { readonly kind: "leave"; readonly folder: number; readonly name: string }
  | {
      readonly kind: "move";
      readonly from: { readonly folder: number; readonly name: string };
      readonly folder: number;
      readonly name: string;
      readonly node: number;
    }
  | { readonly kind: "truncate"; readonly node: number }
  | {
      readonly kind: "write";
      readonly node: number;
      readonly at: number;
      readonly bytes: Uint8Array;
    }
  | { readonly kind: "mode"; readonly node: number; readonly mode: number }
  | { readonly kind: "sync"; readonly node: number }
  | { readonly kind: "syncFolder"; readonly folder: number };

const root = 0;
const defaultFolderMode = 0o700;

/** The disk. */
export class MemoryDisk implements FileSystem {
  readonly nodes: Map<number, DiskNode> = new Map([
    [root, { kind: "folder", entries: new Map(), mode: 0o755 }],
  ]);
  /** Everything that was done, in order. */
  readonly record: Operation[] = [];
  /** What was made since the record began, as it was when it was made. */
  readonly made: Map<number, DiskNode> = new Map();
  free = 1e12;
  #next = 1;

  /** A disk with the same content and an empty record. */
  clone(): MemoryDisk {
    const copy = new MemoryDisk();
    copy.nodes.clear();
    for (const [id, node] of this.nodes)
      // Bytes are never changed in place, so they are shared.
      copy.nodes.set(
        id,
        node.kind === "folder" ? { ...node, entries: new Map(node.entries) } : { ...node },
      );
    copy.#next = this.#next;
    return copy;
  }

  /** Takes over what another disk made since its record began, without entries: only operations give it a place. */
  adopt(other: MemoryDisk): void {
    for (const [id, node] of other.made)
      this.nodes.set(id, node.kind === "folder" ? { ...node, entries: new Map() } : { ...node });
    this.#next = other.#next;
  }

  /** Makes a node without an entry. */
  addNode(node: DiskNode): number {
    const id = this.#next++;
    this.nodes.set(id, node);
    this.made.set(id, node.kind === "folder" ? { ...node, entries: new Map() } : { ...node });
    return id;
  }

  async open(path: string, mode: OpenMode): Promise<FileHandle> {
    const { folder, name } = this.#place(path, "open");
    let id = this.#entries(folder, "open", path).get(name);
    if (id === undefined) {
      if (mode === "read") throw failure("ENOENT", "open", path);
      id = this.addNode({ kind: "file", bytes: new Uint8Array(0), mode: 0o600 });
      this.#do({ kind: "enter", folder, name, node: id });
    } else if (mode === "create") throw failure("EEXIST", "open", path);
    const node = this.nodes.get(id);
    if (node?.kind === "link") throw failure("ELOOP", "open", path);
    if (node?.kind !== "file") throw failure("EISDIR", "open", path);
    if (mode === "replace") this.#do({ kind: "truncate", node: id });
    return this.#handle(id, node);
  }

  async list(path: string): Promise<string[]> {
    return [...this.#entries(this.#find(path, "scandir"), "scandir", path).keys()].toSorted();
  }

  async stat(path: string): Promise<FileFacts | undefined> {
    try {
      const node = this.nodes.get(this.#find(path, "lstat", false));
      return node === undefined ? undefined : factsOf(node);
    } catch (error) {
      if (["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? ""))
        return undefined;
      throw error;
    }
  }

  async makeDirectory(path: string, mode: number = defaultFolderMode): Promise<void> {
    let folder = root;
    for (const name of partsOf(path)) {
      const entries = this.#entries(folder, "mkdir", path);
      let id = entries.get(name);
      if (id === undefined) {
        id = this.addNode({ kind: "folder", entries: new Map(), mode });
        this.#do({ kind: "enter", folder, name, node: id });
      }
      folder = this.#follow(id);
      if (this.nodes.get(folder)?.kind !== "folder") throw failure("EEXIST", "mkdir", path);
    }
  }

  async rename(from: string, to: string): Promise<void> {
    const source = this.#place(from, "rename");
    const target = this.#place(to, "rename");
    const node = this.#entries(source.folder, "rename", from).get(source.name);
    if (node === undefined) throw failure("ENOENT", "rename", from);
    const there = this.nodes.get(this.#entries(target.folder, "rename", to).get(target.name) ?? -1);
    if (there?.kind === "folder" && there.entries.size > 0)
      throw failure("ENOTEMPTY", "rename", to);
    this.#do({ kind: "move", from: source, ...target, node });
  }

  async remove(path: string): Promise<void> {
    if ((await this.stat(path)) === undefined) return;
    const { folder, name } = this.#place(path, "rm");
    this.#removeTree(folder, name);
  }

  async link(target: string, path: string): Promise<void> {
    const { folder, name } = this.#place(path, "symlink");
    if (this.#entries(folder, "symlink", path).has(name)) throw failure("EEXIST", "symlink", path);
    this.#do({ kind: "enter", folder, name, node: this.addNode({ kind: "link", target }) });
  }

  async readLink(path: string): Promise<string> {
    const node = this.nodes.get(this.#find(path, "readlink", false));
    if (node?.kind !== "link") throw failure("EINVAL", "readlink", path);
    return node.target;
  }

  async setMode(path: string, mode: number): Promise<void> {
    this.#do({ kind: "mode", node: this.#find(path, "chmod"), mode });
  }

  async syncDirectory(path: string): Promise<void> {
    const folder = this.#find(path, "fsync");
    this.#entries(folder, "fsync", path);
    this.#do({ kind: "syncFolder", folder });
  }

  async freeBytes(): Promise<number> {
    return this.free;
  }

  /** Carries an operation out on this disk without recording it. */
  apply(operation: Operation): void {
    const { nodes } = this;
    const entries = (id: number): Map<string, number> | undefined => {
      const node = nodes.get(id);
      return node?.kind === "folder" ? node.entries : undefined;
    };
    switch (operation.kind) {
      case "enter":
        entries(operation.folder)?.set(operation.name, operation.node);
        break;
      case "leave":
        entries(operation.folder)?.delete(operation.name);
        break;
      case "move":
        entries(operation.from.folder)?.delete(operation.from.name);
        entries(operation.folder)?.set(operation.name, operation.node);
        break;
      case "truncate":
      case "write":
      case "mode": {
        const node = nodes.get(operation.node);
        if (node === undefined || node.kind === "link") break;
        if (operation.kind === "mode") node.mode = operation.mode;
        else if (node.kind === "file")
          node.bytes =
            operation.kind === "truncate" ? new Uint8Array(0) : written(node.bytes, operation);
        break;
      }
      case "sync":
      case "syncFolder":
        break;
    }
  }

  #do(operation: Operation): void {
    this.record.push(operation);
    this.apply(operation);
  }

  #handle(id: number, node: Extract<DiskNode, { kind: "file" }>): FileHandle {
    return {
      read: async (buffer, position) => {
        const part = node.bytes.subarray(position, position + buffer.length);
        buffer.set(part);
        return part.length;
      },
      write: async (bytes) =>
        this.#do({ kind: "write", node: id, at: node.bytes.length, bytes: bytes.slice() }),
      stat: async () => factsOf(node),
      sync: async () => this.#do({ kind: "sync", node: id }),
      close: async () => undefined,
    };
  }

  #removeTree(folder: number, name: string): void {
    const id = this.#entries(folder, "rm", name).get(name);
    const node = id === undefined ? undefined : this.nodes.get(id);
    if (id !== undefined && node?.kind === "folder")
      for (const child of Array.from(node.entries.keys())) this.#removeTree(id, child);
    this.#do({ kind: "leave", folder, name });
  }

  #place(path: string, syscall: string): { folder: number; name: string } {
    const parts = partsOf(path);
    const name = parts.pop();
    if (name === undefined) throw failure("EINVAL", syscall, path);
    return { folder: this.#find(`/${parts.join("/")}`, syscall), name };
  }

  #find(path: string, syscall: string, followLast = true): number {
    let id = root;
    const parts = partsOf(path);
    for (const [at, name] of parts.entries()) {
      const next = this.#entries(id, syscall, path).get(name);
      if (next === undefined) throw failure("ENOENT", syscall, path);
      id =
        followLast || at < parts.length - 1
          ? this.#follow(next, `/${parts.slice(0, at).join("/")}`)
          : next;
    }
    return id;
  }

  #follow(id: number, at = "/"): number {
    const node = this.nodes.get(id);
    return node?.kind === "link"
      ? this.#find(node.target.startsWith("/") ? node.target : `${at}/${node.target}`, "open")
      : id;
  }

  #entries(id: number, syscall: string, path: string): Map<string, number> {
    const node = this.nodes.get(id);
    if (node?.kind !== "folder") throw failure("ENOTDIR", syscall, path);
    return node.entries;
  }
}

function written(
  before: Uint8Array,
  { at, bytes }: { readonly at: number; readonly bytes: Uint8Array },
): Uint8Array {
  const after = new Uint8Array(Math.max(before.length, at + bytes.length)); // a hole reads as zeros
  after.set(before);
  after.set(bytes, at);
  return after;
}

function factsOf(node: DiskNode): FileFacts {
  return {
    kind: node.kind === "folder" ? "directory" : node.kind,
    size: node.kind === "file" ? node.bytes.length : 0,
    mode: node.kind === "link" ? 0o777 : node.mode,
    modifiedAtMs: 0,
    owner: process.getuid?.() ?? 0,
  };
}

function partsOf(path: string): string[] {
  return path.split("/").filter((part) => part !== "" && part !== ".");
}

/** An error as Node throws it. */
export function failure(code: string, syscall: string, path: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: ${syscall} '${path}'`), { code, syscall, path });
}
