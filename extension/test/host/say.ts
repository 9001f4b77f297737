/** What the specs tell whoever started them: lines of a file beside their bundle. */
import { appendFileSync } from "node:fs";
import { join } from "node:path";

/** Adds a line. */
export function say(line: string): void {
  appendFileSync(join(__dirname, "said.txt"), `${line.replaceAll("\n", " | ")}\n`);
}
