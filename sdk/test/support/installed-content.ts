/** What runs on a MemoryDisk, read at once: images are many. */
import type { DiskNode, MemoryDisk } from "./memory-disk.ts";

const decoder = new TextDecoder();

/** Content by path below the folder that `path` leads to, links followed; empty where nothing is. */
export function contentBelow(disk: MemoryDisk, path: string): Record<string, string> {
  const content: Record<string, string> = {};
  const visit = (node: DiskNode | undefined, prefix: string): void => {
    if (node?.kind === "file") content[prefix] = decoder.decode(node.bytes);
    if (node?.kind !== "folder") return;
    for (const [name, id] of node.entries)
      visit(disk.nodes.get(id), prefix === "" ? name : `${prefix}/${name}`);
  };
  visit(resolve(disk, path.split("/").filter(Boolean)), "");
  return content;
}

function resolve(disk: MemoryDisk, parts: readonly string[], links = 0): DiskNode | undefined {
  let node = disk.nodes.get(0);
  for (const [at, name] of parts.entries()) {
    const id = node?.kind === "folder" ? node.entries.get(name) : undefined;
    node = id === undefined ? undefined : disk.nodes.get(id);
    if (node?.kind === "link") {
      if (links > 8) return undefined;
      const target = node.target.split("/").filter(Boolean);
      const from = node.target.startsWith("/") ? [] : parts.slice(0, at);
      return resolve(disk, [...from, ...target, ...parts.slice(at + 1)], links + 1);
    }
  }
  return node;
}

/** Same files, same bytes. */
export function isSame(
  left: Readonly<Record<string, string>>,
  right: Readonly<Record<string, string>>,
): boolean {
  const names = Object.keys(left);
  return (
    names.length === Object.keys(right).length && names.every((name) => left[name] === right[name])
  );
}
