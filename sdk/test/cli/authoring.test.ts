/** `init` and `inspect`: from nothing to a source manifest, and what is in the package that came of it. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { SourceManifest } from "../../src/schema/index.ts";
import { makeVendor, packageFolder } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

let workshop: Workshop;
beforeAll(async () => {
  workshop = await Workshop.open();
  await makeVendor(workshop);
});
afterAll(() => workshop.close());

async function source(file: string): Promise<SourceManifest> {
  return JSON.parse(await workshop.read(file)) as SourceManifest;
}

describe("init", () => {
  test("from options; what it writes is valid and can be built", async () => {
    await workshop.done(
      "init",
      "new/outrider.json",
      "--name",
      "press-data",
      "--release",
      "2.1.0",
      "--kind",
      "data",
      "--from",
      "payload/**",
      "--strategy",
      "files",
    );
    expect(await source("new/outrider.json")).toEqual({
      $schema: expect.stringContaining("outrider.schema.json"),
      name: "press-data",
      version: "2.1.0",
      kind: "data",
      files: [{ from: "payload/**", base: "payload" }],
      install: { strategy: "files" },
    });
    expect(await workshop.done("validate", "new/outrider.json")).toMatch(
      /^new\/outrider.json:\d+:\d+: warning PACKAGE_SOURCE: .* names no file\.\n1 finding/,
    );
    await workshop.write("new/payload/app.txt", "press");
    expect(await workshop.done("validate", "new/outrider.json")).toBe("1 file valid.\n");
    expect(await workshop.done("build", "new/outrider.json", "--out", "new/dist")).toContain(
      "Built press-data 2.1.0: 1 file,",
    );
  });

  test("each finding stands on a line of its own, where tasks of an editor look for it", async () => {
    await workshop.write("two.outrider.json", '{ "name": "a",\n "version": 2 }');
    const { stdout } = await workshop.run(["validate", "two.outrider.json"]);
    expect(stdout.split("\n")).toEqual([
      expect.stringMatching(/^two\.outrider\.json:1:1: error DOCUMENT_INVALID: /),
      expect.stringMatching(/^two\.outrider\.json:2:2: error DOCUMENT_INVALID: /),
      "2 findings in 1 file.",
      "",
    ]);
  });

  test("the schema it names is ours", async () => {
    await workshop.done("init", "schema.outrider.json", "--name", "x");
    const schema = await readFile(
      join(import.meta.dirname, "../../../schemas/outrider.schema.json"),
      "utf8",
    );
    const { $id } = JSON.parse(schema) as { $id: string };
    expect((await source("schema.outrider.json")).$schema).toBe($id);
  });

  test.for([
    ["payload/**", "payload"],
    ["build/app/**/*.js", "build/app"],
    ["build/{a,b}/**", "build"],
    ["**", undefined],
    ["db.json", undefined],
    ["build/db.json", undefined],
  ])(
    "files of %s lie in the package without the folder that only this machine has",
    async ([from = "", base]) => {
      const { source: made } = await workshop.json<{ source: SourceManifest }>(
        "init",
        `${encodeURIComponent(from)}.outrider.json`,
        "--name",
        "x",
        "--from",
        from,
      );
      expect(made.files).toEqual([base === undefined ? { from } : { from, base }]);
    },
  );

  test("asks at a terminal, takes Enter for what it offers, and asks again where the answer is none", async () => {
    const typed = [
      "Press Control",
      "press-control",
      "3",
      "3.2.1",
      "",
      "out/**",
      "command",
      "setup.sh",
    ];
    const { exit, stderr } = await workshop.run(["init", "asked.outrider.json"], {
      attended: true,
      stdin: `${typed.join("\n")}\n`,
    });
    expect({ exit, stderr }).toMatchObject({ exit: 0 });
    expect(await source("asked.outrider.json")).toMatchObject({
      name: "press-control",
      version: "3.2.1",
      kind: "program",
      files: [{ from: "out/**", base: "out" }],
      install: { strategy: "command", command: { argv: ["setup.sh"] } },
    });
    expect(stderr.match(/Name of the package/g)).toHaveLength(2);
  });

  test("what an option says is not asked", async () => {
    const argv = [
      "init",
      "half.outrider.json",
      "--name",
      "x",
      "--release",
      "1.0.0",
      "--kind",
      "data",
      "--strategy",
      "directory",
    ];
    const { exit, stderr } = await workshop.run(argv, { attended: true, stdin: "payload\n" });
    expect(exit).toBe(0);
    expect(stderr).toContain("Files that go in");
    expect(stderr).not.toContain("Name of the package");
  });

  test("an end of input is an interruption, and nothing is written", async () => {
    const before = await workshop.snapshot();
    const outcome = await workshop.run(["init", "never.outrider.json"], {
      attended: true,
      stdin: "press\n",
    });
    expect(outcome.exit).toBe(130);
    expect(await workshop.snapshot()).toEqual(before);
  });
});

describe("inspect", () => {
  beforeAll(async () => {
    await workshop.write("shapes/all.txt", "for all machines\n".repeat(200));
    await workshop.write("shapes/arm.bin", "arm");
    await workshop.write("shapes/hall.bin", "hall two");
    await workshop.write("shapes/outrider.json", {
      name: "shapes",
      version: "1.2.0",
      description: "A package of several shapes",
      files: [{ from: "all.txt" }],
      variants: [
        { name: "arm", when: { os: ["linux"], arch: ["arm64"] }, files: [{ from: "arm.bin" }] },
        {
          name: "hall-2",
          when: { facts: { hall: "2" }, installed: ">=1.0.0" },
          files: [{ from: "hall.bin" }],
        },
      ],
      requires: { "press-control": ">=3.0.0" },
      install: { strategy: "directory" },
    });
    await workshop.done("build", "shapes/outrider.json");
  });
  const target = "dist/shapes-1.2.0";

  test("shows sizes and variants", async () => {
    const said = await workshop.done("inspect", target);
    expect(said).toMatch(/^shapes 1\.2\.0, program, released /);
    expect(said).toContain(
      "A package of several shapes\nRequires press-control >=3.0.0.\nNot signed. ",
    );
    expect(said).toMatch(/^arm +2 +3\.4 kB +\d+ B +linux, arm64$/m);
    expect(said).toMatch(/^hall-2 +2 +3\.4 kB +\d+ B +installed >=1\.0\.0, hall=2$/m);
  });

  test("lists files, as they are and as they are packed", async () => {
    const said = await workshop.done("inspect", target, "--files");
    expect(said).toMatch(/^all\.txt +3\.4 kB +\d+ B +zstd +644$/m);
    expect(said).toMatch(/^arm\.bin +3 B +3 B +identity +644 +arm$/m);
  });

  test("says which variant a machine gets, and why not the earlier ones", async () => {
    const facts = "os=linux,arch=x64,installed=1.1.0,hall=2";
    const said = await workshop.done("inspect", target, "--for", facts, "--files");
    expect(said).toContain("arm: arch is x64, not arm64\nhall-2: fits\n");
    expect(said).not.toContain("arm.bin");
    const { choice } = await workshop.json<{ choice: object }>("inspect", target, "--for", facts);
    expect(choice).toMatchObject({ variant: "hall-2" });
  });

  test("a machine that gets none", async () => {
    const argv = ["inspect", target, "--for", "os=darwin,arch=arm64"];
    const { exit, stdout } = await workshop.run(argv);
    expect(exit).toBe(1);
    expect(stdout).toContain("arm: os is darwin, not linux; hall-2: nothing is installed");
  });

  test("an archive by itself, and this machine", async () => {
    const archive = `${packageFolder}/press-control-3.0.0.outrider`;
    const said = await workshop.done("inspect", archive, "--for", "this");
    expect(said).toContain("Signed, and not judged here.");
    expect(said).toContain("no variants: the same files for every machine");
  });
});
