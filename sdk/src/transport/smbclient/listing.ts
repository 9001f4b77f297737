/**
 * What `smbclient -c 'ls …'` prints: two blanks, the name, its attributes, its size, its time. Names are a stranger's;
 * nothing is believed of a line but that it is worth asking for.
 */
import type { ShareEntry } from "../tree/index.ts";

const line =
  /^ {2}(\S.*?) +([A-Za-z]*) +(\d{1,15}) {2}[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/;

/** The entries of a listing. */
export function readListing(text: string): ShareEntry[] {
  return text.split("\n").flatMap((each) => {
    const [, name, attributes = "", size] = line.exec(each) ?? [];
    if (name === undefined || name === "." || name === "..") return [];
    return [{ name, isPlainFile: !/[Dr]/.test(attributes), size: Number(size) }];
  });
}
