import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { oldestNode, tooOld } from "./node-version.ts";

test("an older Node is told what is needed, before it stumbles over what it does not have", () => {
  for (const version of ["20.20.2", "22.18.9", "9.99.0"])
    expect(tooOld(version, "/usr/bin/node")).toContain(
      `outrider needs Node 22.19 or later; /usr/bin/node is Node ${version}.`,
    );
  for (const version of ["22.19.0", "22.20.1", "24.0.0", process.versions.node])
    expect(tooOld(version, "node")).toBeUndefined();
});

test("what is needed is what the package says", async () => {
  const text = await readFile(new URL("../../package.json", import.meta.url), "utf8");
  expect((JSON.parse(text) as { engines: { node: string } }).engines.node).toBe(`>=${oldestNode}`);
});
