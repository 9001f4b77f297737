/**
 * A site over PostgreSQL is saved in the middle of a campaign as the guide says, lost with its database, and put back:
 * it goes on, who is told once more is told by the same mail, and no number is given twice.
 */
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { nodeFileSystem } from "../../src/ports/index.ts";
import { verifyAudit, type AuditLine } from "../../src/server/index.ts";
import { postgresStore } from "../../src/store/postgres/index.ts";
import { startPostgres, type Postgres } from "../servers/postgres.ts";
import { makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { startCountingRelay, type CountingRelay } from "./support/relay.ts";
import { makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const tills = Array.from({ length: 600 }, (_, index) => `till-${String(index).padStart(3, "0")}`);

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let postgres: Postgres | undefined;
let relay: CountingRelay | undefined;
let program: Program;
let url: string;
beforeAll(async () => {
  workshop = await Workshop.open();
  postgres = await startPostgres();
  if (postgres === undefined) return;
  relay = await startCountingRelay(100);
  keys = await makeVendor(workshop);
  await workshop.write("database-url", await postgres.database());
  await makeServer(workshop, keys.server, {
    store: { kind: "postgres", urlFile: "database-url" },
    listen: { port: 0, publicUrl: "http://127.0.0.1:1/" },
    transports: {
      email: {
        from: "updates@vendor.example",
        relays: [{ host: "127.0.0.1", port: relay.port, tls: "none" }],
      },
    },
  });
  const addresses = (id: string) => ({ email: `${id}@shop.example` });
  await workshop.write("agents.json", [
    ...tills.map((id) => ({ id, groups: ["tills"], addresses: addresses(id) })),
    { id: "lone", groups: ["lone"], addresses: addresses("lone") },
  ]);
  await workshop.done("agents", "import", "agents.json");
  await workshop.done("publish", packageFolder);
  await serve();
}, 240_000);
afterAll(async () => {
  await workshop.close();
  relay?.close();
  await postgres?.[Symbol.asyncDispose]();
});

async function serve(): Promise<void> {
  program = workshop.start("serve");
  url = await program.says(/^http:\S+$/m);
}

async function order(group: string): Promise<string> {
  const push = ["push", "--package", packageFolder, "--group", group, "--key", keys.ada.secretKey];
  await workshop.done(...push, "--out", `${group}.json`);
  return workshop.read(`${group}.json`);
}

/** Of the catalog that agents see. */
async function sequence(): Promise<number> {
  const { document } = (await (await fetch(`${url}catalog.json`)).json()) as { document: string };
  return (JSON.parse(document) as { sequence: number }).sequence;
}

const bring = async (body: string): Promise<number> =>
  (await fetch(`${url}triggers`, { method: "POST", body })).status;

test("saved while it sends, lost, and restored: it goes on, and what came after is brought again", async () => {
  if (postgres === undefined || relay === undefined) return;
  const { written, messages } = relay;
  const [first, second] = [await order("tills"), await order("lone")];
  expect(await bring(first)).toBe(202);
  await expect.poll(() => written.size).toBeGreaterThan(0);
  const goOn = relay.hold();
  const dump = join(postgres.folder, "store.dump");
  const saved = await workshop.read("database-url");
  await postgres.call("pg_dump", "--format=custom", `--file=${dump}`, saved);
  expect(written.size).toBeLessThan(tills.length);
  goOn();
  expect(await bring(second)).toBe(202);
  expect(await workshop.done("backup", "copy")).toContain("pg_dump");
  const toLone = (): number =>
    [...(written.get("lone@shop.example") ?? [])].reduce(
      (sum, message) => sum + (messages.get(message) ?? 0),
      0,
    );
  await expect.poll(toLone).toBe(1);
  const given = await sequence();
  program.signal("SIGKILL");
  await program.ended();

  const restored = await postgres.database();
  await postgres.call("pg_restore", `--dbname=${restored}`, dump);
  await workshop.write("database-url", restored);
  expect(await workshop.run(["restore", "copy"])).toMatchObject({
    stderr: expect.stringContaining("FILE_EXISTS"),
  });
  await rm(workshop.path("server"), { recursive: true });
  await workshop.done("restore", "copy");

  await serve();
  expect(await bring(first)).toBe(409);
  expect(await bring(second)).toBe(202);
  await expect.poll(toLone).toBe(2);
  expect(await sequence()).toBeGreaterThan(given + 1000);
  const { id } = JSON.parse((JSON.parse(first) as { document: string }).document) as { id: string };
  const later = await postgresStore({ connectionString: restored });
  const sent = async (): Promise<number | undefined> =>
    (await later.deployments.progress(id))?.waves[0]?.counts.sent;
  await expect.poll(sent, { timeout: 180_000, interval: 100 }).toBe(tills.length);
  await later.close();
  // Nobody is lost; what had been sent since the dump was sent again, as the same mail.
  expect(tills.filter((till) => written.get(`${till}@shop.example`)?.size !== 1)).toEqual([]);
  const again = [...messages.values()].filter((times) => times > 1);
  expect(again.every((times) => times === 2)).toBe(true);
  await expectAccounted(second);
}, 360_000);

/** The account is whole, and says of the order that only it knew that nothing came of it, and that it was taken later. */
async function expectAccounted(second: string): Promise<void> {
  const { id } = JSON.parse((JSON.parse(second) as { document: string }).document) as {
    id: string;
  };
  const lines: AuditLine[] = [];
  for (const name of await readdir(workshop.path("server", "process")))
    await verifyAudit({
      path: workshop.path("server", "process", name, "audit.jsonl"),
      fileSystem: nodeFileSystem,
      onLine: (line) => lines.push(line),
    });
  const said = lines
    .filter((line) => line.id === id)
    .map(({ verdict, code = "" }) => verdict + code);
  expect(said).toEqual(["accepted", "refusedCANCELLED", "accepted"]);
}
