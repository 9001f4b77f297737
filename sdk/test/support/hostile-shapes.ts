/** Every shape of hostile archive around a good one (THREATS 1.3): what each reader must refuse for its fault alone. */
import { hostileZip, trueArchive, type HostileEntry, type TrueArchive } from "./hostile-archive.ts";

const bomb = Buffer.alloc(1_000_000);
const inner = hostileZip(trueArchive({ "evil.txt": "evil" }).entries);

/** Name of the shape, and its bytes. */
export function hostileShapes(good: TrueArchive): [name: string, bytes: Uint8Array][] {
  /** The good archive with its last entry changed. */
  const withLast = (change: Partial<HostileEntry>): HostileEntry[] =>
    good.entries.map((entry, at) =>
      at === good.entries.length - 1 ? { ...entry, ...change } : entry,
    );
  return [
    [
      "an entry more",
      hostileZip([...good.entries, { name: "evil.txt", data: Buffer.from("evil") }]),
    ],
    ["an entry less", hostileZip(good.entries.slice(0, -1))],
    ["an entry twice", hostileZip([...good.entries, ...good.entries.slice(-1)])],
    [
      "entries in another order",
      hostileZip([...good.entries.slice(0, 3), ...good.entries.slice(3).toReversed()]),
    ],
    [
      "an entry in the data that the directory does not list",
      hostileZip([...good.entries, { name: "evil", data: Buffer.from("x"), unlisted: true }]),
    ],
    ["a local name other than the listed one", hostileZip(withLast({ localName: "evil.exe" }))],
    ["a symbolic link", hostileZip(withLast({ mode: 0o120777 }))],
    ["a device", hostileZip(withLast({ mode: 0o020666 }))],
    ["a folder", hostileZip(withLast({ mode: 0o040755 }))],
    ["a set-user-id bit", hostileZip(withLast({ mode: 0o104755 }))],
    ["a declared size below the real one", hostileZip(withLast({ size: 3 }))],
    ["a stored size below the real one", hostileZip(withLast({ storedSize: 3, size: 3 }))],
    ["a stored size past the end", hostileZip(withLast({ storedSize: 1_000_000 }))],
    ["a wrong CRC-32", hostileZip(withLast({ crc: 1 }))],
    ["the encryption flag", hostileZip(withLast({ flags: 1 }))],
    ["a data descriptor", hostileZip(withLast({ flags: 8 }))],
    ["deflated data", hostileZip(withLast({ method: 8 }))],
    ["a bomb, deflated", hostileZip(withLast({ method: 8, data: bomb, size: 4 }))],
    ["other bytes of the right length", hostileZip(withLast({ data: Buffer.from("BETA") }))],
    ["an extra field", hostileZip(withLast({ extra: Buffer.from([1, 0, 0, 0]) }))],
    ["bytes between two entries", hostileZip(withLast({ gap: Buffer.from("gap") }))],
    ["overlapping entries", hostileZip(withLast({ offset: 0 }))],
    [
      "bytes before the first entry",
      hostileZip(good.entries, { before: Buffer.from("#!/bin/sh\n") }),
    ],
    ["a comment", hostileZip(good.entries, { comment: Buffer.from("hello") })],
    ["an archive inside the comment", hostileZip(good.entries, { comment: inner })],
    ["bytes after the end", hostileZip(good.entries, { after: Buffer.from("more") })],
    ["an archive after the end", Buffer.concat([hostileZip(good.entries), inner])],
    ["more entries claimed than there are", hostileZip(good.entries, { count: 65_535 })],
    ["fewer entries claimed than there are", hostileZip(good.entries, { count: 4 })],
    ["half of it", hostileZip(good.entries).subarray(0, 400)],
    ["nothing", new Uint8Array(0)],
    ["no archive at all", Buffer.from("PK is not enough")],
  ];
}
