import { readlink } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { Bench, sealedReceipt } from "../../test/support/agent-bench.ts";
import { verifies } from "../../test/support/verifies.ts";
import { trustAgentKey } from "../signing/index.ts";

let bench: Bench;
afterEach(async () => bench.clear());

test("installs a release, reports it signed, and does nothing for the second copy", async () => {
  verifies("step-91", "receipt");
  bench = await Bench.make();
  const { publisher } = bench;
  const release = await publisher.release({ version: "1.0.0" });
  const pushed = await publisher.push(release);

  const reception = await bench.deliver(pushed);

  expect(reception).toMatchObject({ verdict: "handled", package: "demo-app", version: "1.0.0" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
  const digest8 =
    pushed.document.archives[0] && JSON.parse(pushed.trigger.text).package.manifest.slice(0, 8);
  expect(await readlink(join(bench.install, "demo-app", "current"))).toBe(
    `versions/1.0.0-${digest8}`,
  );

  expect(await bench.deliver(pushed, "unc")).toMatchObject({ verdict: "handled" });
  expect(bench.obtained).toEqual(["http"]);
  const receipts = await bench.receipts();
  expect(receipts).toHaveLength(1);
  expect(receipts[0]).toMatchObject({
    agent: "till-7",
    counter: 1,
    outcome: "installed",
    transport: "email",
    obtainer: "http",
    installed: { "demo-app": "1.0.0" },
  });
  const { key } = (await bench.agent?.status()) ?? {};
  if (key === undefined) throw new Error("no agent");
  const notAfter = new Date(publisher.simulator.now.getTime() + 1000);
  const trust = publisher.simulator.client();
  expect(
    trust.verifyReceipt(
      sealedReceipt(bench.sent[0] as Uint8Array),
      trustAgentKey(key, "till-7", notAfter),
    ).document.outcome,
  ).toBe("installed");
});

test("updates, and keeps the version before for going back", async () => {
  verifies("step-91");
  bench = await Bench.make();
  for (const version of ["1.0.0", "1.1.0", "2.0.0"])
    expect(
      await bench.deliver(await bench.publisher.push(await bench.publisher.release({ version }))),
    ).toMatchObject({ verdict: "handled" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 2.0.0\n");
  const versions = await bench.fileSystem.list(join(bench.install, "demo-app", "versions"));
  expect(versions.map((name) => name.slice(0, 5))).toEqual(["1.1.0", "2.0.0"]);
  expect((await bench.receipts()).map(({ before }) => before)).toEqual([
    undefined,
    "1.0.0",
    "1.1.0",
  ]);
});

test("reads a manifest that only the archive carries", async () => {
  bench = await Bench.make();
  const pushed = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }), {
    inline: false,
  });
  expect(await bench.deliver(pushed)).toMatchObject({ verdict: "handled" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});
