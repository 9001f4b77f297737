/**
 * An agent as a process of its own, to be killed: deals with one message, sends its receipts into a folder, ends.
 *
 * It is started before it is needed: everything is loaded when its order comes, a line of JSON on standard input. Says
 * `begun` when the message is handed over.
 */
import { once } from "node:events";
import { copyFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
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

const input = createInterface({ input: process.stdin });
const [line] = (await once(input, "line")) as [string];
input.close();
process.stdin.destroy();
const order = JSON.parse(line) as ProcessOrder;
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
