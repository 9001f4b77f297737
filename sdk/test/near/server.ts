/** A program of wire.test.ts: a static web server and its adverts. Each line on standard input is the next catalog. */
import { createInterface } from "node:readline";
import { opportunisticSender } from "../../src/transports/opportunistic/sender/index.ts";
import { uncSender } from "../../src/transports/unc/sender/index.ts";
import { startStaticHost } from "../support/static-host.ts";

const [root = ""] = process.argv.slice(2);
const host = await startStaticHost(root, undefined, "::");
const sender = opportunisticSender({ port: host.port, through: uncSender({ root }) });
process.stdout.write(`"ready"\n`);
for await (const line of createInterface({ input: process.stdin }))
  await sender.publish({ catalog: Buffer.from(line) });
await sender.close();
await host[Symbol.asyncDispose]();
