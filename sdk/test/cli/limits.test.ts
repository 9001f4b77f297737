/**
 * Three senders as processes of their own, and three orders to the same machines: what a domain is written holds for all
 * of them together, whoever is killed in between. The relay counts; the bound is the bucket's arithmetic.
 */
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type Postgres } from "../servers/postgres.ts";
import { makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { startCountingRelay, type CountingRelay } from "./support/relay.ts";
import { makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

/** Messages that a domain gets at once, and again in a minute. */
const perMinute = 60;
const crowded = ["one.example", "two.example", "three.example"];
/** Of each, so many that two orders are too much for a minute. */
const each = 55;

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let postgres: Postgres | undefined;
let relay: CountingRelay | undefined;
let database: pg.Client | undefined;

beforeAll(async () => {
  workshop = await Workshop.open();
  postgres = await startPostgres();
  if (postgres === undefined) return;
  const connectionString = await postgres.database();
  await workshop.write("database-url", `${connectionString}\n`);
  database = new pg.Client({ connectionString });
  await database.connect();
  relay = await startCountingRelay();
  keys = await makeVendor(workshop);
  await makeServer(workshop, keys.server, {
    store: { kind: "postgres", urlFile: "database-url", connections: 4 },
    listen: { port: 0, publicUrl: "http://127.0.0.1:1/" },
    transports: {
      email: {
        from: "updates@vendor.example",
        relays: [{ host: "127.0.0.1", port: relay.port, tls: "none" }],
        pace: { recipientsPerMessage: 1, perDestination: { messagesPerMinute: perMinute } },
      },
    },
  });
  const machines = [
    ...crowded.flatMap((domain) => Array.from({ length: each }, (_, at) => `till-${at}@${domain}`)),
    "till-0@quiet.example",
  ];
  await workshop.write(
    "agents.json",
    machines.map((email) => ({
      id: email.replace("@", "."),
      groups: ["tills"],
      addresses: { email },
    })),
  );
  await workshop.done("agents", "import", "agents.json");
  await workshop.done("publish", packageFolder);
});
afterAll(async () => {
  await workshop.close();
  relay?.close();
  await database?.end();
  await postgres?.[Symbol.asyncDispose]();
});

const domainOf = (address: string): string => address.slice(address.indexOf("@") + 1);

test("three senders and three orders keep together to what a domain bears, over a restart too", async () => {
  if (relay === undefined || database === undefined) return;
  const { log } = relay;
  const client = database;
  const startedMs = performance.now();
  const startSenders = async (): Promise<Program[]> => {
    const names = ["sender-1", "sender-2", "sender-3"];
    const programs = names.map((name) =>
      workshop.start("serve", "--role", "sender", "--name", name),
    );
    await Promise.all(programs.map((program) => program.says(/running/)));
    return programs;
  };
  const count = (domain: string): number =>
    log.filter(({ address }) => domainOf(address) === domain).length;
  /** Of the deployment's jobs, those that senders had to put back. */
  const putBack = async (deployment: string): Promise<number> => {
    const { rows } = await client.query<{ count: string }>(
      `SELECT count(*) FROM outrider.jobs JOIN outrider.deployments ON number = deployment
       WHERE deployments.id = $1 AND postponed > 0 AND recipients = $2`,
      [deployment, each],
    );
    return Number(rows[0]?.count);
  };

  const senders = await startSenders();
  await workshop.begin("serve", "--role", "scheduler", "--name", "scheduler").says(/running/);
  const url = await workshop.begin("serve", "--role", "api", "--name", "api").says(/^http:\S+$/m);
  const push = ["push", "--package", packageFolder, "--group", "tills", "--server", url];
  const order = async (): Promise<string> =>
    (await workshop.json<{ deployment: string }>(...push, "--key", keys.ada.secretKey)).deployment;

  const deployments = await Promise.all([order(), order()]);
  const waiting = async (): Promise<number> =>
    (await Promise.all(deployments.map(putBack))).reduce((sum, jobs) => sum + jobs, 0);
  // Each domain has had one of the two, and the other of the two waits; who is not crowded has had both.
  await expect.poll(waiting).toBe(crowded.length);
  await expect.poll(() => count("quiet.example")).toBe(2);
  for (const domain of crowded) await expect.poll(() => count(domain)).toBeGreaterThanOrEqual(each);

  for (const sender of senders) sender.signal("SIGKILL");
  await Promise.all(senders.map((sender) => sender.ended()));
  await startSenders();
  const third = await order();
  await expect.poll(async () => putBack(third)).toBe(crowded.length);
  await expect.poll(() => count("quiet.example")).toBe(3);

  for (const domain of crowded) {
    const times = log.filter(({ address }) => domainOf(address) === domain);
    for (const [index, { atMs }] of times.entries())
      expect(index + 1).toBeLessThanOrEqual(perMinute + ((atMs - startedMs) / 60_000) * perMinute);
  }
});
