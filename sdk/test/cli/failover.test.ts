/**
 * The database's machine is lost in the middle of a campaign and its standby takes over. The standby holds whatever was
 * acknowledged, so nobody is lost; senders that wait for the answer book what they sent, so nobody is told anew.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type Postgres } from "../servers/postgres.ts";
import { makeServer } from "./support/fleet.ts";
import { startCountingRelay, type CountingRelay } from "./support/relay.ts";
import { makeVendor, packageFolder } from "./support/vendor.ts";
import { Watch } from "./support/watch.ts";
import { Workshop } from "./support/workshop.ts";

const tills = Array.from({ length: 2000 }, (_, index) => `till-${String(index).padStart(4, "0")}`);
const senders = ["sender-1", "sender-2"];
const patience = { timeout: 180_000, interval: 50 }; // a claim whose answer was lost lapses after a minute

let workshop: Workshop;
let postgres: Postgres | undefined;
let relay: CountingRelay | undefined;
beforeAll(async () => {
  workshop = await Workshop.open();
  postgres = await startPostgres();
  relay = await startCountingRelay(100);
}, 240_000);
afterAll(async () => {
  await workshop.close();
  relay?.close();
  await postgres?.[Symbol.asyncDispose]();
});

test("a primary that is killed is followed by its standby: nobody is lost, nobody told anew, everything seen", async () => {
  if (postgres === undefined || relay === undefined) return;
  const { written, messages, port } = relay;
  const { ada, server } = await makeVendor(workshop);
  const standby = await postgres.standby();
  const url = new URL(await postgres.database());
  const hosts = `127.0.0.1:${standby.port},127.0.0.1:${url.port}`; // in any order
  const store = `postgresql://outrider@${hosts}${url.pathname}?target_session_attrs=read-write`;
  await workshop.write("database-url", store);
  await makeServer(workshop, server, {
    store: { kind: "postgres", urlFile: "database-url", connections: 3 },
    listen: { port: 0, publicUrl: "http://127.0.0.1:1/" },
    transports: {
      email: {
        from: "updates@vendor.example",
        relays: [{ host: "127.0.0.1", port, tls: "none" }],
      },
    },
  });
  const addresses = (id: string) => ({ email: `${id}@shop.example` });
  await workshop.write(
    "agents.json",
    tills.map((id) => ({ id, groups: ["tills"], addresses: addresses(id) })),
  );
  await workshop.done("agents", "import", "agents.json");
  await workshop.done("publish", packageFolder);
  const parts = [["api,scheduler", "front"], ...senders.map((name) => ["sender", name])] as const;
  const [door = ""] = await Promise.all(
    parts.map(([role = "", name = ""]) =>
      workshop.start("serve", "--role", role, "--name", name).says(/^(running|http:\S+)$/m),
    ),
  );
  const watch = new Watch();
  await watch.through(door);
  const push = ["push", "--package", packageFolder, "--group", "tills", "--server", door];
  const { deployment } = await workshop.json<{ deployment: string }>(
    ...push,
    "--key",
    ada.secretKey,
  );
  await expect.poll(() => written.size, patience).toBeGreaterThan(0);
  const goOn = relay.hold(); // in the middle of mails, and of the campaign
  expect(written.size).toBeLessThan(tills.length);
  await postgres.stop("killed");
  goOn();
  await standby.promote();
  const shown = async (): Promise<string> =>
    JSON.stringify(await workshop.json("status", deployment, "--server", door));
  await expect.poll(shown, patience).toContain(`"sent":${tills.length}`);
  expect(written.size).toBe(tills.length);
  expect([...written.values()].filter((ids) => ids.size !== 1)).toEqual([]);
  // Each sender may have one mail whose answer it did not live to book; that comes again as the same mail.
  const again = [...messages.values()].map((times) => times - 1).filter((times) => times > 0);
  expect(again.reduce((sum, times) => sum + times, 0)).toBeLessThanOrEqual(senders.length);
  const told = (): Set<string> => new Set(watch.of("sent").flatMap(({ agents }) => agents));
  await expect.poll(() => told().size, patience).toBe(tills.length);
  watch.leave();
}, 360_000);
