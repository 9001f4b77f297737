/**
 * An agent as a process of its own, to be killed: deals with one message, sends its receipts into a folder, ends.
 * Started with the path of a JSON file; says `begun` when the message is handed over.
 */
import { copyFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createAgent } from "../../src/agent/index.ts";
import { openEnvelope, recognize } from "../../src/messages/index.ts";

/** What the process is told. */
export interface ProcessOrder {
  readonly data: string;
  readonly install: string;
  /** Folder with `trust.json`, `message.json`, `<sha256>.outrider`; receipts are written there. */
  readonly carrier: string;
  /** The agent's clock. */
  readonly now: string;
}

const [orderFile] = process.argv.slice(2);
if (orderFile === undefined) throw new Error("no order");
const order = JSON.parse(await readFile(orderFile, "utf8")) as ProcessOrder;
const trust = recognize(await readFile(join(order.carrier, "trust.json")), "trust/1");
if (trust === undefined) throw new Error("no trust document");

const agent = await createAgent({
  id: "till-7",
  groups: ["tills"],
  dataDirectory: order.data,
  installDirectory: order.install,
  trust: openEnvelope(trust),
  receivers: [],
  obtainers: [
    {
      name: "http",
      obtain: async ({ sha256, size, target }) => {
        await copyFile(join(order.carrier, `${sha256}.outrider`), target);
        return { path: target, transferred: size };
      },
    },
  ],
  receiptSenders: [
    {
      name: "folder",
      send: async (bytes) => {
        // A carrier takes a receipt whole or not at all, also when the agent is killed meanwhile.
        const name = `${Date.now()}-${process.pid}.json`;
        await writeFile(join(order.carrier, `.${name}`), bytes);
        await rename(join(order.carrier, `.${name}`), join(order.carrier, `receipt-${name}`));
      },
    },
  ],
  clock: { now: () => new Date(order.now) },
});
const bytes = await readFile(join(order.carrier, "message.json"));
process.stdout.write("begun\n");
await agent.receiveOne(
  { bytes, origin: "file", settle: () => Promise.resolve() },
  { transport: "email" },
);
await agent.flush();
await agent.close();
