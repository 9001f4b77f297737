/** A program of the wire tests: an agent that hears from what is near and installs it; writes when it saw and when it ran. */
import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createAgent } from "../../src/agent/index.ts";
import { openEnvelope, recognize } from "../../src/messages/index.ts";
import { httpObtainer } from "../../src/obtain/http/index.ts";
import {
  opportunisticReceiver,
  type OpportunisticReceiverOptions,
} from "../../src/transports/opportunistic/receiver/index.ts";

/** What it is told. */
export interface NearAgentOrder {
  /** A folder of its own. */
  readonly folder: string;
  readonly trustFile: string;
  readonly near?: OpportunisticReceiverOptions;
}

/** What it writes. */
export interface NearAgentLine {
  /** Version whose offer was taken and whose archive is here. */
  readonly saw?: string;
  readonly installed?: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

const { folder, trustFile, near } = JSON.parse(process.argv[2] ?? "{}") as NearAgentOrder;
const trust = recognize(await readFile(trustFile), "trust/1");
if (trust === undefined) throw new Error("no trust document");
await mkdir(folder, { recursive: true, mode: 0o700 });
const stop = new AbortController();
process.stdin.resume().once("end", () => stop.abort());
const agent = await createAgent({
  id: "till-7",
  groups: ["tills"],
  dataDirectory: join(folder, "data"),
  installDirectory: join(folder, "install"),
  trust: openEnvelope(trust),
  receivers: [opportunisticReceiver(near)],
  obtainers: [httpObtainer({ hosts: [] })],
  receiptSenders: [],
});
const say = (line: object): void =>
  void process.stdout.write(`${JSON.stringify({ ...line, at: Date.now() })}\n`);
agent.on((event) => {
  if (event.type === "state" && event.state === "obtained") say({ saw: event.version });
  if (event.type === "finished" && event.outcome === "installed") say({ installed: event.version });
});
process.stdout.write(`"ready"\n`);
await agent.run({ signal: stop.signal });
await agent.close();
