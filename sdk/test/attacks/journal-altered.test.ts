/**
 * THREATS A3: what waits on the disk for its window is altered there meanwhile, or the keys that ordered it are taken
 * away. What is in the journal is only a copy: it is verified once more before it is gone on with. And whatever was
 * wrong with the order, the release has not failed here: ordered anew it is installed.
 */
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { encodeEnvelope } from "../../src/messages/index.ts";
import { Bench } from "../support/agent-bench.ts";
import type { Pushed } from "../support/publisher.ts";

let bench: Bench;
let isOpen: boolean;
let waiting: Pushed;

beforeEach(async () => {
  isOpen = false;
  bench = await Bench.make({ policy: { ask: () => (isOpen ? "now" : "later") } });
  waiting = await bench.publisher.push(await bench.publisher.release({ version: "1.0.0" }));
  expect(await bench.deliver(waiting)).toMatchObject({ code: "DEFERRED" });
});
afterEach(async () => bench.clear());

/** Changes one file of the only deployment while the agent is away; then the window opens. */
async function alter(name: string, change: (text: string) => string): Promise<void> {
  await bench.agent?.close();
  const deployments = join(bench.data, "deployments");
  const [manifest] = await readdir(deployments);
  const path = join(deployments, manifest!, name);
  await writeFile(path, change(await readFile(path, "utf8")));
  isOpen = true;
  await bench.start();
}

/** It came to its end without being installed; a new order of the very same release is followed. */
async function expectRefusedOnce(code: string): Promise<void> {
  await bench.agent?.resume();
  expect(await bench.installedText("app.txt")).toBeUndefined();
  expect((await bench.receipts()).map(({ code }) => code)).toEqual(["DEFERRED", code]);
  expect((await bench.agent?.status())?.quarantined).toEqual([]);
  expect(await bench.deliver(await bench.publisher.push(waiting.release))).toMatchObject({
    verdict: "handled",
  });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
}

test.each([
  ["rubbish", (): string => "rubbish", "DOCUMENT_INVALID"],
  [
    "another text under the same signatures",
    (text: string): string => text.replace("auto", "offer"),
    "SIGNATURE_INVALID",
  ],
])("A3 the notification that waits becomes %s: it is not installed", async (_, change, code) => {
  await alter("notification.json", change);
  await expectRefusedOnce(code);
});

test("A3 the key that ordered what waits is taken away: it is not installed", async () => {
  const { simulator } = bench.publisher;
  simulator.assign("push", [simulator.key("successor")]);
  isOpen = true;
  await bench.hand(encodeEnvelope(await simulator.publishTrust()), { transport: "http" });
  await expectRefusedOnce("KEY_ROLE");
});

test("A3 the journal becomes rubbish: nothing was begun, and the next copy of the notification installs", async () => {
  await alter("journal.json", () => "rubbish");
  await bench.agent?.resume();
  expect(await bench.installedText("app.txt")).toBeUndefined();
  expect(await bench.deliver(waiting)).toMatchObject({ verdict: "handled" });
  expect(await bench.installedText("app.txt")).toBe("demo-app 1.0.0\n");
});
