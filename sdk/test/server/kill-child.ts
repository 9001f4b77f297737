/**
 * A server in a process of its own, to be killed. It brings every waiting trigger to the server until it has an answer,
 * as a client does, lets every agent that has mail answer, and ends when every deployment has finished.
 */
import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { directoryHost } from "../../src/host/index.ts";
import type { DeploymentRecord, ServerStore } from "../../src/ledger/index.ts";
import { encodeEnvelope, openEnvelope, recognize, sealText } from "../../src/messages/index.ts";
import { nodeFileSystem } from "../../src/ports/index.ts";
import type { Receipt } from "../../src/schema/index.ts";
import { createServer, type Server } from "../../src/server/index.ts";
import { notificationId } from "../../src/server/notify.ts";
import { agentKeySource, type AgentKey } from "../../src/signing/index.ts";
import { postgresStore } from "../../src/store/postgres/index.ts";
import { sqliteStore } from "../../src/store/sqlite/index.ts";
import { emailSender } from "../../src/transports/email/sender/index.ts";
import { TrustSet } from "../../src/trust/index.ts";
import { watchedFiles, watchedKey, watchedStore, type KillPoint } from "./kill-points.ts";

/** What the test tells the child. */
export interface ChildOrders {
  readonly directory: string;
  /** Of the database that is the store; without it, a file in the directory is. */
  readonly connectionString?: string;
  readonly smtpPort: number;
  readonly serverKey: AgentKey;
  readonly agentKeys: Readonly<Record<string, AgentKey>>;
  /** The archive goes in parts of so many bytes, and every agent asks for the first one again before it installs. */
  readonly partBytes?: number;
  /** Where to die, at its n-th passing; or never. */
  readonly kill?: { readonly point: KillPoint; readonly passing: number };
}

const orders = JSON.parse(await readFile(process.argv[2] ?? "", "utf8")) as ChildOrders;
let passings = 0;
const pass = (point: KillPoint): void => {
  if (point === orders.kill?.point && ++passings === orders.kill.passing)
    process.kill(process.pid, "SIGKILL");
};

const store = watchedStore(
  orders.connectionString === undefined
    ? sqliteStore({ path: join(orders.directory, "server", "store.sqlite") })
    : await postgresStore({ connectionString: orders.connectionString, connections: 4 }),
  pass,
);
const sender = emailSender({
  from: "updates@vendor.example",
  relays: [{ host: "127.0.0.1", port: orders.smtpPort, tls: "none" }],
  maxRecipients: 3,
});
const server = createServer({
  trust: TrustSet.open(await readTrust(), { now: new Date() }),
  key: watchedKey(agentKeySource(orders.serverKey), pass),
  store,
  packages: await directoryHost({ path: join(orders.directory, "host") }),
  transports: [
    {
      sender,
      carriage: "message",
      recipientsPerJob: 3,
      ...(orders.partBytes === undefined
        ? {}
        : { maxAttachmentBytes: orders.partBytes, maxPartsBytes: 1024 * orders.partBytes }),
    },
  ],
  dataDirectory: join(orders.directory, "server"),
  fileSystem: watchedFiles(nodeFileSystem, pass),
  publicUrl: "http://packages.example/",
  tickMs: 20,
  leaseMs: 150,
});
await server.start();
await bringTriggers(server);
while ((await store.deployments.list({ open: true })).length > 0) {
  await answerMail(server, store);
  await pause(20);
}
await server.settle(); // an errand outlives its deployment
await server.close();
await sender.close();
await store.close();

async function readTrust(): Promise<ReturnType<typeof openTrust>> {
  return openTrust(await readFile(join(orders.directory, "trust.json")));
}

function openTrust(bytes: Uint8Array) {
  const message = recognize(bytes, "trust/1");
  if (message === undefined) throw new Error("no trust document");
  return openEnvelope(message);
}

async function bringTriggers(server: Server): Promise<void> {
  const folder = join(orders.directory, "triggers");
  for (const name of await readdir(folder)) {
    const verdict = await server.submit(await readFile(join(folder, name)), "stdin");
    const isThere = verdict.outcome === "refused" && verdict.code === "REPLAYED";
    if (verdict.outcome !== "accepted" && !isThere) throw new Error(JSON.stringify(verdict));
    await rm(join(folder, name));
  }
}

/** Every agent that the ledger says has mail reports once; what counted before is refused as a replay. */
async function answerMail(server: Server, store: ServerStore): Promise<void> {
  for (const id of await store.deployments.list({ open: true })) {
    const progress = await store.deployments.progress(id);
    if (progress === undefined) continue;
    const { deployment } = progress;
    for (const { agent } of await store.deployments.ledger(id, { state: "sent" }))
      await server.receive(
        await (orders.partBytes === undefined
          ? receiptOf(agent, deployment, 1)
          : receiptOf(agent, deployment, 1, requestOf(deployment))),
      );
    for (const { agent } of await store.deployments.ledger(id, { state: "received" }))
      await server.receive(await receiptOf(agent, deployment, 2));
  }
}

function requestOf({ id }: DeploymentRecord): Partial<Receipt> {
  return { outcome: "requested", notification: notificationId(id, 0, true), parts: [1] };
}

async function receiptOf(
  agent: string,
  deployment: DeploymentRecord,
  counter: number,
  changes: Partial<Receipt> = {},
): Promise<Uint8Array> {
  const key = orders.agentKeys[agent];
  if (key === undefined) throw new Error(`no key for ${agent}`);
  const { id, packageName: name, version, manifest } = deployment;
  const receipt: Receipt = {
    type: "receipt/1",
    agent,
    counter,
    issuedAt: new Date().toISOString(),
    deployment: id,
    notification: id,
    package: { name, version, manifest },
    outcome: "installed",
    installed: { [name]: version },
    ...changes,
  };
  const text = JSON.stringify(receipt);
  const signature = await agentKeySource(key).sign(new TextEncoder().encode(text));
  return encodeEnvelope(sealText("receipt/1", text, [signature]));
}
