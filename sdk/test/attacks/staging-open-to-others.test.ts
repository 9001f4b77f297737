/** THREATS A3: another local user may write where the agent keeps or prepares files. */
import { chmod, mkdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { nodeFileSystem, type FileSystem } from "../../src/ports/index.ts";
import { Bench } from "../support/agent-bench.ts";

let bench: Bench;
afterEach(async () => bench.clear());

for (const which of ["data", "install"] as const) {
  test(`A3 a ${which} directory that others may write to: the agent does not start`, async () => {
    bench = await Bench.make();
    for (const mode of [0o777, 0o770, 0o702]) {
      await mkdir(bench[which], { recursive: true });
      await chmod(bench[which], mode);
      await expect(bench.start()).rejects.toMatchObject({ code: "DIRECTORY_UNSAFE" });
    }
  });

  test(`A3 a ${which} directory that is a link: the agent does not start`, async () => {
    bench = await Bench.make();
    await mkdir(join(bench.root, "elsewhere"), { mode: 0o700 });
    await symlink(join(bench.root, "elsewhere"), bench[which]);
    await expect(bench.start()).rejects.toMatchObject({ code: "DIRECTORY_UNSAFE" });
  });

  test(`A3 a ${which} directory of another user: the agent does not start`, async () => {
    bench = await Bench.make();
    const foreign: FileSystem = {
      ...nodeFileSystem,
      stat: async (path) => {
        const facts = await nodeFileSystem.stat(path);
        return facts === undefined || path !== bench[which]
          ? facts
          : { ...facts, owner: facts.owner + 1 };
      },
    };
    await expect(bench.start({ fileSystem: foreign })).rejects.toMatchObject({
      code: "DIRECTORY_UNSAFE",
    });
  });
}

test("A3 what the agent makes itself is closed to others", async () => {
  bench = await Bench.make();
  await bench.deliver(
    await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" })),
  );
  for (const path of [
    bench.data,
    join(bench.data, "deployments"),
    join(bench.data, "receipts"),
    join(bench.install, "demo-app", "staging"),
  ])
    expect((await nodeFileSystem.stat(path))?.mode).toBe(0o700);
  expect((await nodeFileSystem.stat(join(bench.data, "key.json")))?.mode).toBe(0o600);
});
