/** THREATS P5: somebody puts a file of their own beside those of a package while they are prepared, or takes one away. */
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { nodeFileSystem, type FileSystem } from "../../src/ports/index.ts";
import { Bench } from "../support/agent-bench.ts";

let bench: Bench;
afterEach(async () => bench.clear());

/** Strikes as soon as a file of the new release lies in its private folder. */
function struckBy(attack: (folder: string) => Promise<void>): FileSystem {
  return {
    ...nodeFileSystem,
    async setMode(path, mode) {
      await nodeFileSystem.setMode(path, mode);
      if (!path.endsWith(join(".partial", "app.txt"))) return;
      await attack(join(path, ".."));
    },
  };
}

const attacks = [
  [
    "added",
    (folder: string) => writeFile(join(folder, "version.dll"), "evil"),
    /version\.dll was put/,
  ],
  ["taken away", (folder: string) => rm(join(folder, "app.txt")), /app\.txt was taken/],
] as const;

test.each(attacks)(
  "P5 a file %s: refused, the old version runs",
  async (_name, attack, message) => {
    bench = await Bench.make();
    const { publisher } = bench;
    await bench.deliver(await publisher.push(await publisher.release({ version: "1.0.0" })));
    await bench.start({ fileSystem: struckBy(attack) });
    await bench.deliver(await publisher.push(await publisher.release({ version: "1.1.0" })));
    expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
    const failed = bench.events.find(
      (event) => "code" in event && event.code === "PACKAGE_MISMATCH",
    );
    expect(failed).toMatchObject({ message: expect.stringMatching(message) });
    expect((await bench.receipts()).at(-1)).toMatchObject({ code: "PACKAGE_MISMATCH" });
  },
);
