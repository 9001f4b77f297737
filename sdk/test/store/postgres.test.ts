/** The PostgreSQL store against a real PostgreSQL: what every store keeps, and what this one keeps beside it. */
import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ClaimedJob, DeploymentPlan } from "../../src/ledger/index.ts";
import { postgresStore, type PostgresStore } from "../../src/store/postgres/index.ts";
import { migrations } from "../../src/store/postgres/schema.ts";
import { storeConformance } from "../../src/testing/store-conformance/index.ts";
import { startPostgres, type Postgres } from "../servers/postgres.ts";

let server: Postgres | undefined;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server?.[Symbol.asyncDispose]());

/** Runs where there is a PostgreSQL; where there is none, that was said already. */
function onPostgres(name: string, work: (server: Postgres) => Promise<void>): void {
  test(name, async () => {
    if (server !== undefined) await work(server);
  });
}

describe("the store conforms", () => {
  for (const { name, run } of storeConformance(async () => {
    const connectionString = (await server?.database()) ?? "";
    return {
      open: () => postgresStore({ connectionString }),
      remove: async () => undefined, // with the server
    };
  }))
    onPostgres(name, run);
});

describe("beside that", () => {
  onPostgres("refuses what a newer Outrider wrote, and says which database", async (postgres) => {
    const connectionString = await postgres.database();
    await (await postgresStore({ connectionString })).close();
    await ask(connectionString, "UPDATE outrider.form SET version = 999");
    const { pathname } = new URL(connectionString);
    await expect(postgresStore({ connectionString })).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringMatching(new RegExp(`${pathname} was written by a newer Outrider`)),
    });
  });

  onPostgres("passes over a host that does not know the database yet", async (postgres) => {
    await using behind = await startPostgres();
    const here = new URL(await postgres.database());
    const there = new URL((await behind?.database()) ?? "");
    const connectionString = `postgres://outrider@${there.host},${here.host}${here.pathname}`;
    const store = await postgresStore({ connectionString });
    await store.values.set("key", "kept");
    expect(await store.values.get("key")).toBe("kept");
    await store.close();
    // Where none knows it, that is what is said: nobody is told of a standby.
    const nobodys = `postgres://outrider@${there.host},${here.host}/nobodys`;
    await expect(
      postgresStore({ connectionString: nobodys, patienceMs: 200 }),
    ).rejects.toMatchObject({
      code: "STORE_FAILED",
      message: expect.stringContaining('"nobodys" does not exist on 127.0.0.1'),
      cause: { code: "HOST_WITHOUT_DATABASE", cause: { code: "3D000" } },
    });
  });

  onPostgres(
    "brings every earlier form to the present one, with what is in it",
    async (postgres) => {
      const fresh = await postgres.database();
      await (await postgresStore({ connectionString: fresh })).close();
      const present = await formOf(fresh);
      for (let version = 1; version < migrations.length; version++) {
        const connectionString = await earlier(postgres, version);
        const store = await postgresStore({ connectionString, connections: 2 });
        expect(await store.values.get("key")).toBe("kept");
        await store.close();
        expect(await formOf(connectionString)).toEqual(present);
      }
    },
  );

  onPostgres("a step that fails leaves the form, and everything, as it was", async (postgres) => {
    const connectionString = await earlier(postgres, 1);
    await ask(connectionString, "CREATE TABLE outrider.feed (in_the_way TEXT)");
    const before = await formOf(connectionString);
    await expect(postgresStore({ connectionString })).rejects.toMatchObject({
      code: "STORE_FAILED",
    });
    expect(await formOf(connectionString)).toEqual(before);
    await ask(connectionString, "DROP TABLE outrider.feed");
    await (await postgresStore({ connectionString })).close();
  });

  onPostgres("is made once by processes that start at the same time", async (postgres) => {
    const connectionString = await postgres.database();
    const stores = await Promise.all(
      Array.from({ length: 4 }, () => postgresStore({ connectionString, connections: 2 })),
    );
    const counted = await Promise.all(stores.map(({ values }) => values.count("one")));
    expect(new Set(counted)).toEqual(new Set([1, 2, 3, 4]));
    for (const store of stores) await store.close();
  });

  onPostgres(
    "a database that is not there is waited for, then refused without its password",
    async () => {
      const connectionString = "postgres://outrider:secret@127.0.0.1:1/none";
      const opening = postgresStore({ connectionString, patienceMs: 200 });
      await expect(opening).rejects.toMatchObject({ code: "STORE_FAILED", retryable: true });
      await expect(opening).rejects.not.toMatchObject({
        message: expect.stringContaining("secret"),
      });
    },
  );

  onPostgres(
    "every commit waits for the disk, also where the database's owner said otherwise",
    async (postgres) => {
      const connectionString = await postgres.database();
      const { pathname } = new URL(connectionString);
      await ask(
        connectionString,
        `ALTER DATABASE ${pathname.slice(1)} SET synchronous_commit = off`,
      );
      const store = await postgresStore({ connectionString, connections: 1 });
      await ask(connectionString, "CREATE TABLE seen (setting TEXT)");
      await ask(
        connectionString,
        `CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
       'BEGIN INSERT INTO seen VALUES (current_setting(''synchronous_commit'')); RETURN NEW; END';
       CREATE TRIGGER note AFTER INSERT ON outrider.kept FOR EACH ROW EXECUTE FUNCTION note()`,
      );
      await store.values.set("key", "value");
      expect(await ask(connectionString, "SELECT setting FROM seen")).toEqual([{ setting: "on" }]);
      await store.close();
    },
  );

  onPostgres("a relay's words with a NUL in them are booked all the same", async (postgres) => {
    const store = await postgresStore({ connectionString: await postgres.database() });
    const plan = await running(store, { agents: 1, perJob: 1 });
    const job = await claim(store, "one");
    const [agent = ""] = job?.recipients.map((recipient) => recipient.agent) ?? [];
    const outcomes = [{ agent, outcome: "rejected", detail: "550 no\0body" } as const];
    expect(await record(store, job, outcomes)).toBe(true);
    const rows = await store.deployments.ledger(plan.deployment.id);
    expect(rows.map(({ detail }) => detail)).toEqual(["550 no\uFFFDbody"]);
    await store.close();
  });

  onPostgres(
    "many senders never hold one job, and the sums stay those of the rows",
    async (postgres) => {
      const connectionString = await postgres.database();
      const stores = await Promise.all(
        Array.from({ length: 3 }, () => postgresStore({ connectionString, connections: 4 })),
      );
      const [first] = stores;
      if (first === undefined) throw new Error("no store");
      const plan = await running(first, { agents: 600, perJob: 5 });
      const claims: number[] = [];
      const sender = async (store: PostgresStore, worker: string): Promise<void> => {
        for (
          let job = await claim(store, worker);
          job !== undefined;
          job = await claim(store, worker)
        ) {
          claims.push(job.id);
          const outcomes = job.recipients.map(
            ({ agent }) => ({ agent, outcome: "accepted", detail: "250" }) as const,
          );
          expect(await record(store, job, outcomes)).toBe(true);
          await Promise.all(job.recipients.map(({ agent }) => take(store, plan, agent)));
        }
      };
      await Promise.all(
        stores.flatMap((store, index) => [sender(store, `${index}a`), sender(store, `${index}b`)]),
      );
      expect([claims.length, new Set(claims).size]).toEqual([120, 120]);
      const progress = await first.deployments.progress(plan.deployment.id);
      expect(progress?.waves[0]?.counts).toMatchObject({ planned: 0, sent: 0, installed: 600 });
      for (const store of stores) await store.close();
    },
  );

  onPostgres("a database killed and started again in the middle loses nothing", async () => {
    const own = await startPostgres();
    if (own === undefined) return;
    await using postgres = own;
    const connectionString = await postgres.database();
    const store = await postgresStore({ connectionString, patienceMs: 30_000 });
    const plan = await running(store, { agents: 400, perJob: 4 });
    let done = 0;
    const work = async (worker: string): Promise<void> => {
      for (
        let job = await claim(store, worker);
        job !== undefined;
        job = await claim(store, worker)
      ) {
        const outcomes = job.recipients.map(
          ({ agent }) => ({ agent, outcome: "accepted", detail: "250" }) as const,
        );
        await record(store, job, outcomes);
        await Promise.all(job.recipients.map(({ agent }) => take(store, plan, agent)));
        done++;
      }
    };
    const working = Promise.all([work("one"), work("two"), work("three")]);
    for (const after of [20, 50]) {
      while (done < after) await new Promise((resolve) => setTimeout(resolve, 2));
      await postgres.stop("crash");
      await postgres.start();
    }
    await working;
    // A claim whose answer was lost is taken up again when its lease has lapsed.
    for (
      let job = await claim(store, "late", 61);
      job !== undefined;
      job = await claim(store, "late", 61)
    ) {
      const outcomes = job.recipients.map(
        ({ agent }) => ({ agent, outcome: "accepted", detail: "250" }) as const,
      );
      expect(await record(store, job, outcomes)).toBe(true);
      await Promise.all(job.recipients.map(({ agent }) => take(store, plan, agent)));
    }
    const progress = await store.deployments.progress(plan.deployment.id);
    expect(progress?.waves[0]?.counts).toMatchObject({ planned: 0, sent: 0, installed: 400 });
    await store.close();
  });

  onPostgres("tells the database's time, whatever the machine's clock says", async (postgres) => {
    const connectionString = await postgres.database();
    const store = await postgresStore({ connectionString });
    const [row] = await ask(
      connectionString,
      "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now",
    );
    const here = store.clock.now().getTime();
    const [later] = await ask(
      connectionString,
      "SELECT extract(epoch FROM clock_timestamp()) * 1000 AS now",
    );
    expect(here).toBeGreaterThan(Number(row?.["now"]) - 1000);
    expect(here).toBeLessThan(Number(later?.["now"]) + 1000);
    await store.close();
  });
});

const now = new Date("2026-11-22T12:00:00Z");

function claim(store: PostgresStore, worker: string, afterS = 0): Promise<ClaimedJob | undefined> {
  return store.deployments.claim({
    worker,
    now: new Date(now.getTime() + afterS * 1000),
    leaseMs: 60_000,
    transports: ["email"],
  });
}

async function record(
  store: PostgresStore,
  job: ClaimedJob | undefined,
  outcomes: Parameters<PostgresStore["deployments"]["record"]>[1]["outcomes"],
): Promise<boolean> {
  if (job === undefined) throw new Error("no job");
  return store.deployments.record(job, { now, outcomes });
}

function take(store: PostgresStore, plan: DeploymentPlan, agent: string): Promise<string> {
  const { id: deployment } = plan.deployment;
  const state = "installed";
  return store.deployments.take({
    agent,
    counter: 1,
    deployment,
    state,
    detail: "",
    text: "{}",
    now,
  });
}

async function running(
  store: PostgresStore,
  { agents, perJob }: { readonly agents: number; readonly perJob: number },
): Promise<DeploymentPlan> {
  const names = Array.from({ length: agents }, (_, index) => `agent-${index}`);
  const settings = { successThreshold: 100, errorThreshold: 0, noAnswer: "failed" } as const;
  const plan: DeploymentPlan = {
    deployment: {
      id: randomUUID(),
      trigger: "{}",
      packageName: "demo-app",
      version: "1.0.0",
      manifest: "a".repeat(64),
      audience: { groups: ["all"] },
      reason: "test",
      acceptedAt: now.toISOString(),
      expiresAt: "2026-11-23T12:00:00Z",
      approval: false,
      signers: [],
      waves: [{ ...settings, name: "all", size: agents, deadlineSeconds: 60, soakSeconds: 0 }],
      windows: [],
    },
    jobs: Array.from({ length: agents / perJob }, (_, index) => ({
      wave: 0,
      transport: "email",
      attach: false,
      delayMs: 0,
      recipients: names
        .slice(index * perJob, (index + 1) * perJob)
        .map((agent) => ({ agent, address: `${agent}@example.org` })),
    })),
  };
  await store.deployments.plan(plan);
  const { id: deployment } = plan.deployment;
  const event = {
    deployment,
    at: now.toISOString(),
    kind: "waveStarted",
    wave: 0,
    reason: "",
  } as const;
  expect(await store.deployments.event(event)).toBe(true);
  return plan;
}

/** A database as an earlier Outrider left it. */
async function earlier(postgres: Postgres, version: number): Promise<string> {
  const connectionString = await postgres.database();
  await ask(
    connectionString,
    "CREATE SCHEMA outrider; CREATE TABLE outrider.form (version INTEGER NOT NULL)",
  );
  for (const migration of migrations.slice(0, version)) await ask(connectionString, migration);
  await ask(connectionString, `INSERT INTO outrider.form VALUES (${version})`);
  await ask(connectionString, "INSERT INTO outrider.kept VALUES ('key', 'kept')");
  return connectionString;
}

/** Its version, columns and indexes. */
async function formOf(connectionString: string): Promise<unknown[]> {
  return [
    await ask(connectionString, "SELECT version FROM outrider.form"),
    await ask(
      connectionString,
      `SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns
       WHERE table_schema = 'outrider' ORDER BY 1, 2`,
    ),
    await ask(
      connectionString,
      "SELECT indexdef FROM pg_indexes WHERE schemaname = 'outrider' ORDER BY 1",
    ),
  ];
}

async function ask(connectionString: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  const { rows } = (await client.query(sql)) as { rows: Record<string, unknown>[] };
  await client.end();
  return rows;
}
