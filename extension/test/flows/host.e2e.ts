/** mocha inside the extension host, on the packed extension: activation, promises, an embedded agent. */
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { prepareProduct } from "../../../sdk/test/support/product.ts";
import { bundleSpecs, measuredIn, runInHost } from "../host/run.ts";
import { Workbench } from "../pages/workbench.ts";

/** Each window starts a host of its own. */
const timeout = 240_000;

let workbench: Workbench;
let folder: string;

beforeAll(async () => {
  workbench = await Workbench.open({ workspace: "authoring", hostTests: true });
  folder = join(workbench.running.workspace, "..");
});

afterAll(() => workbench.close());

test(
  "two folders: all that package.json promises, and an agent of a vendor's own",
  { timeout },
  async () => {
    await cp(workbench.running.workspace, join(folder, "second"), { recursive: true });
    const workspace = join(folder, "both.code-workspace");
    await writeFile(
      workspace,
      JSON.stringify({ folders: [{ path: "workspace" }, { path: "second" }] }),
    );
    const runner = await bundleSpecs(join(folder, "all"), ["activation", "promises", "agent"]);
    const product = join(folder, "all/product");
    await prepareProduct(product);
    const place = `workspace=${encodeURIComponent(workspace)}`;
    const run = await runInHost(workbench.running, runner, place);
    expect(run.output.split("\n").filter((line) => line.startsWith("failed:"))).toEqual([]);
    expect(run.failures).toBe(0);
    expect(run.output.match(/^passed:/gm)).toHaveLength(7);
  },
);

test("what activation costs over an extension that does nothing", { timeout }, async () => {
  const runner = await bundleSpecs(join(folder, "measured"), ["activation"]);
  const place = `folder=${encodeURIComponent(workbench.running.workspace)}`;
  const costs: { bare: number; outrider: number; modules: number }[] = [];
  for (let round = 0; round < 3; round++) {
    const run = await runInHost(workbench.running, runner, place);
    expect(run.failures).toBe(0);
    costs.push({
      bare: measuredIn(run, "bare"),
      outrider: measuredIn(run, "outrider"),
      modules: measuredIn(run, "modules"),
    });
  }
  const median = (name: keyof (typeof costs)[number]): string =>
    (costs.map((cost) => cost[name]).toSorted((left, right) => left - right)[1] ?? 0).toFixed(0);
  process.stdout.write(
    `Activation, median of three: ${median("outrider")} ms, ${median("modules")} modules; of one that does nothing: ${median("bare")} ms\n`,
  );
});

test("a promise that nobody handles is seen in the logs", async () => {
  await workbench.evaluate(() => void Promise.reject(new Error("unhandled on purpose")));
  await expect.poll(() => workbench.complaints()).not.toEqual([]);
  workbench.forgive(/on purpose/);
});
