/**
 * One server in seven parts on one PostgreSQL (one of them a process of its own): two answer, three send, and whichever of two schedulers holds the lease
 * moves deployments. Two are ended in order meanwhile: nobody is missed, nobody is told twice.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type Postgres } from "../servers/postgres.ts";
import { makeServer } from "./support/fleet.ts";
import { startCountingRelay, type CountingRelay } from "./support/relay.ts";
import { makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const patience = { timeout: 150_000, interval: 50 }; // thousands of mails, on any machine
const agents = Array.from({ length: 4000 }, (_, index) => `till-${String(index).padStart(4, "0")}`);

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let postgres: Postgres | undefined;
let relay: CountingRelay | undefined;

beforeAll(async () => {
  workshop = await Workshop.open();
  postgres = await startPostgres();
  if (postgres === undefined) return;
  await workshop.write("database-url", `${await postgres.database()}\n`);
  relay = await startCountingRelay(100);
  keys = await makeVendor(workshop);
  await makeServer(workshop, keys.server, {
    store: { kind: "postgres", urlFile: "database-url", connections: 4 },
    listen: { port: 0, publicUrl: "http://127.0.0.1:1/" },
    transports: {
      email: {
        from: "updates@vendor.example",
        relays: [{ host: "127.0.0.1", port: relay.port, tls: "none" }],
      },
    },
  });
  await workshop.write(
    "agents.json",
    agents.map((id) => ({ id, groups: ["tills"], addresses: { email: `${id}@shop.example` } })),
  );
  await workshop.done("agents", "import", "agents.json");
  await workshop.done("publish", packageFolder);
});
afterAll(async () => {
  await workshop.close();
  relay?.close();
  await postgres?.[Symbol.asyncDispose]();
});

const part = (role: string, name: string): string[] => ["serve", "--role", role, "--name", name];

test("parts of a server need a database", async () => {
  await workshop.write("alone.json", {
    ...JSON.parse(await workshop.read("outrider-server.json")),
    store: undefined,
  });
  const { exit, stderr } = await workshop.run(["serve", "alone.json", "--role", "sender"]);
  expect([exit === 0, stderr]).toEqual([false, expect.stringContaining("CONFIG_INVALID")]);
  const unknown = await workshop.run(["serve", "--role", "painter"]);
  expect(unknown.stderr).toContain("painter is none of api, sender, scheduler, mailbox, all.");
});

test("everybody is written to once, while senders and schedulers come and go", async () => {
  if (relay === undefined) return;
  const { written, messages } = relay;
  const program = workshop.start(...part("sender", "sender-1"));
  const scheduler = workshop.begin(...part("scheduler", "scheduler-1"));
  for (const [role, name] of [
    ["scheduler", "scheduler-2"],
    ["sender", "sender-2"],
    ["sender", "sender-3"],
  ] as const)
    await workshop.begin(...part(role, name)).says(/running/);
  const apis = ["api-1", "api-2"].map((name) => workshop.begin(...part("api", name)));
  const urls = await Promise.all(apis.map((api) => api.says(/^http:\S+$/m)));
  await scheduler.says(/running/);
  const push = ["push", "--package", packageFolder, "--group", "tills"];
  const order = [...push, "--server", urls[0] ?? "", "--key", keys.ada.secretKey];
  const { deployment } = await workshop.json<{ deployment: string }>(...order);
  await expect.poll(() => written.size).toBeGreaterThan(0);
  // One is updated: it ends in order, and its successor goes on.
  program.signal("SIGTERM");
  expect(await program.ended()).toMatchObject({ signal: null });
  expect(await scheduler.stop()).toMatchObject({ exit: 130 });
  await workshop.begin(...part("sender", "sender-1")).says(/running/);
  await expect.poll(() => written.size, patience).toBe(agents.length);
  expect([...written.values()].filter((ids) => ids.size !== 1)).toEqual([]);
  // Whoever ends in order waits for the relay's answer to what is out: no mail comes again.
  expect([...messages.values()].filter((times) => times !== 1)).toEqual([]);
  const read = async (): Promise<string> =>
    JSON.stringify(await workshop.json("status", deployment, "--server", urls[1] ?? ""));
  await expect.poll(read, patience).toContain(`"sent":${agents.length}`);
}, 240_000);
