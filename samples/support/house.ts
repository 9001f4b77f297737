/** The vendor's house: host, server, mail, share; everything on loopback and in one folder. */
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { directoryHost, type PackageHost } from "@outrider/sdk/host";
import type { ServerStore } from "@outrider/sdk/ledger";
import type { RegisteredAgent } from "@outrider/sdk/schema";
import { createServer, type Server, type ServerEvent } from "@outrider/sdk/server";
import { postgresStore } from "@outrider/sdk/store/postgres";
import { sqliteStore } from "@outrider/sdk/store/sqlite";
import { emailSender } from "@outrider/sdk/transports/email/sender";
import { uncReceiptInbox } from "@outrider/sdk/transports/unc/receipts";
import { uncSender } from "@outrider/sdk/transports/unc/sender";
import { TrustSet } from "@outrider/sdk/trust";
import { startMailServer, type MailServer } from "./mail-server.ts";
import type { Vendor } from "./vendor.ts";

/** What runs in the house. */
export interface House {
  readonly url: string;
  readonly share: string;
  readonly mail: MailServer;
  readonly host: PackageHost;
  readonly trust: TrustSet;
  readonly server: Server;
  readonly events: readonly ServerEvent[];
  register(agents: readonly RegisteredAgent[]): Promise<void>;
  close(): Promise<void>;
}

/** A store in a file, or in an empty database. */
async function openStore(folder: string, connectionString?: string): Promise<ServerStore> {
  if (connectionString === undefined)
    return sqliteStore({ path: join(folder, "server", "store.sqlite") });
  const store = await postgresStore({ connectionString });
  if ((await store.deployments.list({ limit: 1 })).length === 0) return store;
  await store.close();
  throw new Error("The database holds deployments already. Give an empty one.");
}

/** Starts everything. @param connectionString of an empty PostgreSQL database; else the store is a file */
export async function openHouse(
  folder: string,
  vendor: Vendor,
  connectionString?: string,
): Promise<House> {
  const share = join(folder, "share");
  await mkdir(share, { recursive: true });
  const mail = await startMailServer(join(folder, "mail"), "hall.test");
  const trust = TrustSet.open(vendor.trust, { now: new Date() });
  const host = await directoryHost({ path: join(folder, "host") });
  const store = await openStore(folder, connectionString);
  const email = emailSender({
    from: "updates@vendor.test",
    relays: [{ host: "127.0.0.1", port: mail.port, tls: "none" }],
    serverKey: vendor.server.key,
  });
  const unc = uncSender({ root: share });
  const server = createServer({
    trust,
    key: vendor.server.key,
    store,
    packages: host,
    transports: [
      { sender: email, carriage: "message" },
      { sender: unc, carriage: "share", publish: (files, options) => unc.publish(files, options) },
    ],
    dataDirectory: join(folder, "server"),
    listen: { port: 0 },
    tickMs: 50,
  });
  const { url = "" } = await server.start();
  const events: ServerEvent[] = [];
  const stop = new AbortController();
  const watching = watch(server, events);
  const hearing = hear(server, share, stop.signal);
  return {
    url,
    share,
    mail,
    host,
    trust,
    server,
    events,
    register: (agents) => store.agents.put(agents),
    async close() {
      stop.abort();
      await hearing;
      await server.close();
      await watching;
      await email.close();
      await mail.close();
      await store.close();
    },
  };
}

async function watch(server: Server, events: ServerEvent[]): Promise<void> {
  for await (const event of server.events()) events.push(event);
}

/** Receipts that agents drop on the share. */
async function hear(server: Server, share: string, signal: AbortSignal): Promise<void> {
  for await (const incoming of uncReceiptInbox({ root: share, pollMs: 50 }).receive({ signal })) {
    await server.receive(incoming.bytes, "unc");
    await incoming.settle("handled");
  }
}
