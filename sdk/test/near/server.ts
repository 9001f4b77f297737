/**
 * A program of the wire tests: for each tree that it is given, a static web server and its adverts. Each line on standard
 * input is the next catalog of all of them.
 */
import { createInterface } from "node:readline";
import { opportunisticSender } from "../../src/transports/opportunistic/sender/index.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { startStaticHost } from "../support/static-host.ts";

const servers = await Promise.all(
  process.argv.slice(2).map(async (root) => {
    const host = await startStaticHost(root, undefined, "::");
    const sender = opportunisticSender({ port: host.port, through: uncSender({ root }) });
    return { host, sender };
  }),
);
process.stdout.write(`"ready"\n`);
for await (const line of createInterface({ input: process.stdin }))
  for (const { sender } of servers) await sender.publish({ catalog: Buffer.from(line) });
for (const { host, sender } of servers) {
  await sender.close();
  await host[Symbol.asyncDispose]();
}
