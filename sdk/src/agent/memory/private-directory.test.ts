import { expect, test } from "vitest";
import { MemoryDisk } from "../../../test/support/memory-disk.ts";
import { openPrivateDirectory } from "./private-directory.ts";

test("A3 a link or a file in the place of the agent's directory is refused, wherever it leads", async () => {
  const disk = new MemoryDisk();
  await disk.makeDirectory("/elsewhere");
  await disk.link("/elsewhere", "/link");
  await (await disk.open("/file", "create")).close();
  for (const path of ["/link", "/file"])
    await expect(openPrivateDirectory(disk, path)).rejects.toMatchObject({
      code: "DIRECTORY_UNSAFE",
      message: expect.stringContaining("is not a directory"),
    });
});
