/**
 * One server as six processes on one PostgreSQL: two answer, three send, one moves deployments. 2,000 machines are told
 * by mail; a sender is replaced in the middle. Whoever outgrows one machine runs the same (`deploy/`).
 *
 * OUTRIDER_POSTGRES_URL names an empty database; without it nothing is shown, and that is said. Exits 0 only if every
 * claim held.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { directoryHost } from "@outrider/sdk/host";
import { encodeEnvelope } from "@outrider/sdk/messages";
import { postgresStore } from "@outrider/sdk/store/postgres";
import { TrustSet } from "@outrider/sdk/trust";
import { dataSet, releaseDataSet } from "../support/data-set.ts";
import { say } from "../support/report.ts";
import { makeTrigger, until, type Answer } from "../support/rollout.ts";
import { createVendor } from "../support/vendor.ts";
import type { Orders } from "./part.ts";
import { startRelay } from "./relay.ts";

const { OUTRIDER_POSTGRES_URL: connectionString } = process.env;
const machines = Array.from({ length: 2000 }, (_, index) => `till-${index}`);
const parts: ChildProcess[] = [];

if (connectionString === undefined) {
  say(
    "!!! NOT RUN: OUTRIDER_POSTGRES_URL names no empty PostgreSQL database. Nothing was shown. !!!",
  );
} else {
  const folder = await mkdtemp(join(tmpdir(), "outrider-scale-"));
  try {
    await demonstrate(folder, connectionString);
    say("Every claim held.");
  } finally {
    for (const part of parts) part.kill("SIGKILL");
    await rm(folder, { recursive: true, force: true });
  }
}

async function demonstrate(folder: string, url: string): Promise<void> {
  const vendor = await createVendor(dataSet);
  const { directory } = await releaseDataSet(vendor, "mime-db-new", folder);
  const host = await directoryHost({ path: join(folder, "host") });
  const trust = TrustSet.open(vendor.trust, { now: new Date() });
  const published = await host.publish(directory, { trust, now: new Date() });
  const store = await postgresStore({ connectionString: url, connections: 2 });
  await store.agents.put(
    machines.map((id) => ({ id, groups: ["tills"], addresses: { email: `${id}@shop.test` } })),
  );
  const relay = await startRelay();
  await writeFile(join(folder, "trust.json"), encodeEnvelope(vendor.trust));
  const orders: Orders = { folder, secretKey: vendor.server.secretKey, smtpPort: relay.port };
  await writeFile(join(folder, "orders.json"), JSON.stringify(orders), { mode: 0o600 });

  await start(folder, "scheduler", "scheduler");
  const sender = await start(folder, "sender", "sender-1");
  for (const name of ["sender-2", "sender-3"]) await start(folder, "sender", name);
  const apis = [await start(folder, "api", "api-1"), await start(folder, "api", "api-2")];
  say(`Six processes; two of them answer, at ${apis.map((api) => api.url).join(" and ")}.`);

  const trigger = await makeTrigger(vendor, published, "tills", "offer");
  const answers = await Promise.all(apis.map((api) => post(api.url, trigger)));
  const codes = answers.map(({ outcome, code }) => code ?? outcome).toSorted();
  claim(codes.join() === "REPLAYED,accepted", "one order at two doors is accepted once");

  await until("the first mail", () => (relay.told.size > 0 ? true : undefined));
  sender.part.kill("SIGTERM");
  await once(sender.part, "exit");
  await start(folder, "sender", "sender-1");
  say("A sender was replaced in the middle.");

  const { deployment = "" } = answers.find(({ outcome }) => outcome === "accepted") ?? {};
  await until("everybody's mail", async () => {
    const counts = (await store.deployments.progress(deployment))?.waves[0]?.counts;
    return counts?.sent === machines.length ? true : undefined;
  });
  claim(relay.told.size === machines.length, "everybody was told");
  const different = Math.max(...[...relay.told.values()].map((messages) => messages.size));
  claim(different === 1, "nobody was told by two messages");
  for (const part of parts) part.kill("SIGTERM");
  await Promise.all(
    parts.filter((part) => part.exitCode === null).map((part) => once(part, "exit")),
  );
  claim(
    parts.every((part) => part.exitCode === 0),
    "all of them ended in order",
  );
  await store.close();
  await relay.close();
}

function claim(holds: boolean, what: string): void {
  if (!holds) throw new Error(`NOT AS CLAIMED: ${what}`);
  say(`Held: ${what}.`);
}

async function start(
  folder: string,
  role: string,
  name: string,
): Promise<{ readonly part: ChildProcess; readonly url: string }> {
  const part = fork(join(import.meta.dirname, "part.ts"), [
    join(folder, "orders.json"),
    role,
    name,
  ]);
  parts.push(part);
  const ready = once(part, "message");
  const ended = once(part, "exit").then(() => [{ url: "ended" }]);
  const [{ url }] = (await Promise.race([ready, ended])) as [{ url: string }];
  if (url === "ended") throw new Error(`${name} ended before it was ready`);
  return { part, url };
}

async function post(url: string, trigger: Uint8Array): Promise<Answer> {
  const body = Buffer.from(trigger);
  return (await (await fetch(new URL("triggers", url), { method: "POST", body })).json()) as Answer;
}
