/** One process of the server: does what its orders say, until it is told to stop (SIGTERM), and then ends in order. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { directoryHost } from "@outrider/sdk/host";
import { openEnvelope, recognize } from "@outrider/sdk/messages";
import { createServer, type ServerRole } from "@outrider/sdk/server";
import { openSecretKey } from "@outrider/sdk/signing/openpgp";
import { postgresStore } from "@outrider/sdk/store/postgres";
import { emailSender } from "@outrider/sdk/transports/email/sender";
import { TrustSet } from "@outrider/sdk/trust";

/** What all parts are told. */
export interface Orders {
  readonly folder: string;
  readonly secretKey: string;
  readonly smtpPort: number;
}

const [ordersFile = "", role = "", name = ""] = process.argv.slice(2);
const { OUTRIDER_POSTGRES_URL: connectionString = "" } = process.env;
const { folder, secretKey, smtpPort } = JSON.parse(await readFile(ordersFile, "utf8")) as Orders;

const trust = recognize(await readFile(join(folder, "trust.json")), "trust/1");
if (trust === undefined) throw new Error("there is no trust document");
const store = await postgresStore({ connectionString, connections: 4 });
const email = emailSender({
  from: "updates@vendor.test",
  relays: [{ host: "127.0.0.1", port: smtpPort, tls: "none" }],
});
const server = createServer({
  trust: TrustSet.open(openEnvelope(trust), { now: new Date() }),
  key: await openSecretKey({ armored: secretKey }),
  store,
  packages: await directoryHost({ path: join(folder, "host") }),
  transports: [{ sender: email, carriage: "message", recipientsPerJob: 100 }],
  dataDirectory: join(folder, "process", name),
  roles: [role as ServerRole],
  listen: { port: 0 },
  publicUrl: "http://updates.vendor.test/",
  tickMs: 50,
});
const { url = "" } = await server.start();
process.send?.({ url });
await new Promise((resolve) => process.once("SIGTERM", resolve));
await server.close();
await email.close();
await store.close();
process.disconnect?.();
