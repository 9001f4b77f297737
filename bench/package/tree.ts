/**
 * A tree of real files: for 300 MB every third file of the workspace's own dependencies, its largest programs, Node itself,
 * and a part that is compressed already. The same workspace gives the same tree.
 */
import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { gzipSync } from "node:zlib";

const compressedParts = 4;
const largeBytes = 4e6;

/** Copies files until there are so many bytes. */
export function makeTree(
  repository: string,
  target: string,
  wanted: number,
): { files: number; bytes: number } {
  const store = join(repository, "node_modules/.pnpm");
  const all = walk(store).map((path) => ({ path, size: statSync(path).size }));
  const large = [
    { path: process.execPath, size: statSync(process.execPath).size },
    ...all.filter(({ size }) => size > largeBytes),
  ];
  const step = Math.max(1, Math.round((3 * 300e6) / wanted));
  const small = all
    .filter(({ size }) => size <= largeBytes)
    .filter((_, place) => place % step === 0);
  let [files, bytes] = [0, 0];
  const take = (name: string, write: (to: string) => void): void => {
    const to = join(target, name);
    mkdirSync(dirname(to), { recursive: true });
    write(to);
    files++;
    bytes += statSync(to).size;
  };
  for (const { path } of small) take(relative(store, path), (to) => copyFileSync(path, to));
  const program = readFileSync(process.execPath);
  const partBytes = Math.round((16e6 * wanted) / 300e6);
  for (let part = 0; part < compressedParts; part++)
    take(`compressed/part-${part}.gz`, (to) =>
      writeFileSync(to, gzipSync(program.subarray(part * partBytes, (part + 1) * partBytes))),
    );
  for (const { path, size } of large)
    if (bytes + size <= wanted * 1.02)
      take(`programs/${relative("/", path).replaceAll("/", "_")}`, (to) => copyFileSync(path, to));
  return { files, bytes };
}

/** Regular files, sorted; links are not followed. */
function walk(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .toSorted((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : [];
    });
}
