import { randomUUID } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Vendor } from "../../../test/support/vendor.ts";
import { verifies } from "../../../test/support/verifies.ts";
import type { PublishedPackage } from "../../host/index.ts";
import type { Incoming } from "../../transport/index.ts";
import type { Inbox } from "./inbox.ts";

let vendor: Vendor;
let hosted: PublishedPackage;
afterEach(() => vendor.close());

async function prepare(): Promise<void> {
  hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
}

describe("a receiver as a way in", () => {
  const settled: string[] = [];
  let letters: Uint8Array[];
  const inbox: Inbox = {
    via: "email",
    receiver: {
      name: "memory",
      async *receive({ signal }) {
        while (!signal.aborted) {
          const bytes = letters.shift();
          if (bytes === undefined) await new Promise((resolve) => setTimeout(resolve, 5));
          else {
            const incoming: Incoming = {
              bytes,
              origin: "memory",
              settle: async (verdict) => void settled.push(verdict),
            };
            yield incoming;
          }
        }
      },
    },
  };
  beforeEach(async () => {
    settled.length = 0;
    letters = [];
    vendor = await Vendor.open({ inboxes: [inbox] });
    await prepare();
    await vendor.server.start();
  });

  test("triggers, receipts and foreign letters each go their way, and the transport is told", async () => {
    verifies("ways-in");
    const id = randomUUID();
    letters.push(new TextEncoder().encode("Dear sirs,"), await vendor.trigger(hosted, { id }));
    await expect.poll(() => settled).toEqual(["ignored", "handled"]);
    await expect.poll(() => vendor.email.deliveries.length).toBe(1);
    letters.push(
      await vendor.receipt("till-1", id, "installed"),
      await vendor.trigger(hosted, { id }),
    );
    await expect.poll(() => settled).toEqual(["ignored", "handled", "handled", "refused"]);
    expect((await vendor.store.deployments.progress(id))?.waves[0]?.counts.installed).toBe(1);
  });
});

describe("the spool directory", () => {
  let spool: string;
  beforeEach(async () => {
    spool = await mkdtemp(join(tmpdir(), "outrider-spool-"));
    vendor = await Vendor.open({ spool: { directory: spool, pollMs: 10, settleMs: 50 } });
    await prepare();
  });
  afterEach(() => rm(spool, { recursive: true }));

  /** As a careful writer does: another name, then a rename. */
  async function drop(name: string, bytes: Uint8Array): Promise<void> {
    await writeFile(join(spool, `${name}.tmp`), bytes);
    await utimes(join(spool, `${name}.tmp`), 0, 0);
    await rename(join(spool, `${name}.tmp`), join(spool, name));
  }

  test("takes triggers up, and puts what is refused aside with the reason beside it", async () => {
    verifies("ways-in");
    const id = randomUUID();
    const trigger = await vendor.trigger(hosted, { id });
    await drop("a.json", trigger);
    await drop("b.json", trigger);
    await drop("c.json", new Uint8Array(100_000));
    await drop("d.json", new TextEncoder().encode("not ours"));
    await writeFile(join(spool, "readme.txt"), "left alone");
    await vendor.server.start();
    await expect
      .poll(async () => (await readdir(spool)).toSorted())
      .toEqual(["readme.txt", "refused", "taken"]);
    await expect
      .poll(async () => (await readdir(join(spool, "refused"))).toSorted())
      .toEqual(["b.json", "b.reason.json", "c.json", "c.reason.json"]);
    expect(
      JSON.parse(await readFile(join(spool, "refused", "b.reason.json"), "utf8")),
    ).toMatchObject({ code: "REPLAYED" });
    expect(
      JSON.parse(await readFile(join(spool, "refused", "c.reason.json"), "utf8")),
    ).toMatchObject({ code: "DOCUMENT_TOO_LARGE" });
    await expect.poll(() => vendor.email.deliveries.length).toBe(1);
    await expect.poll(() => readdir(join(spool, "taken"))).toEqual([]); // what is judged leaves it last
  });

  test("takes up again what a crash left half judged", async () => {
    await mkdir(join(spool, "taken"), { recursive: true });
    await writeFile(join(spool, "taken", "x.json"), await vendor.trigger(hosted));
    await utimes(join(spool, "taken", "x.json"), 0, 0);
    await vendor.server.start();
    await expect.poll(() => vendor.email.deliveries.length).toBe(1);
  });
});

test("an address that was rejected twice is left alone for a month", async () => {
  vendor = await Vendor.open();
  await prepare();
  vendor.email.answer = () => "rejected";
  const push = async (): Promise<void> => {
    await vendor.server.submit(await vendor.trigger(hosted));
    await vendor.server.settle();
  };
  for (let turn = 0; turn < 4; turn++) await push();
  expect(vendor.email.deliveries).toHaveLength(2);
  vendor.simulator.pass(31);
  vendor.email.answer = () => "accepted";
  for (let turn = 0; turn < 3; turn++) await push();
  expect(vendor.email.deliveries).toHaveLength(5);
});
