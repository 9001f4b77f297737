/**
 * From an accepted trigger to the transport that is handed its first notification: authenticated, planned, stored and signed.
 * Against the least that durable books cost: one synced append to a file of the same disk.
 *
 *     node bench/latency.ts [--triggers 60]
 */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { Vendor } from "../sdk/test/support/vendor.ts";
import { compare, figure, type Round } from "./table/row.ts";

const { values } = parseArgs({ options: { triggers: { type: "string", default: "60" } } });
const vendor = await Vendor.open();
try {
  const hosted = await vendor.publish("demo-app", "1.0.0");
  await vendor.enrol([{ id: "till-1" }]);
  await vendor.server.start();
  const bare = await open(join(vendor.directory, "bare"), "a");
  const rounds: Round[] = [];
  for (let round = 0; round <= Number(values.triggers); round++) {
    const trigger = await vendor.trigger(hosted);
    const before = vendor.email.deliveries.length;
    rounds.push({
      ours: await milliseconds(async () => {
        await vendor.server.submit(trigger);
        while (vendor.email.deliveries.length === before)
          await new Promise((resolve) => setImmediate(resolve));
      }),
      theirs: await milliseconds(async () => {
        await bare.write(trigger);
        await bare.datasync();
      }),
    });
  }
  await bare.close();
  rounds.shift(); // warmed it up
  const what = "trigger accepted → first notification handed over";
  compare({ what, unit: "ms", peer: "one synced append" }, rounds);
  const sorted = rounds.map(({ ours }) => ours).toSorted((one, other) => one - other);
  const late = sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN;
  figure(`${what}, 95th of a hundred`, `${late.toFixed(1)} ms`);
} finally {
  await vendor.close();
}

async function milliseconds(work: () => Promise<void>): Promise<number> {
  const started = performance.now();
  await work();
  return performance.now() - started;
}
