/**
 * A site of several processes on one PostgreSQL, each a program of its own. What any of them does is told at every door;
 * whoever is killed is followed by another; all of them are restarted one after the other while orders come in.
 */
import { mkdir, readdir, rename } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startPostgres, type Postgres } from "../servers/postgres.ts";
import { multipart, part } from "../support/mime.ts";
import { makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { startCountingRelay, type CountingRelay } from "./support/relay.ts";
import { makeVendor, packageFolder, type KeyFiles } from "./support/vendor.ts";
import { Watch } from "./support/watch.ts";
import { Workshop } from "./support/workshop.ts";

const tills = Array.from({ length: 300 }, (_, index) => `till-${String(index).padStart(3, "0")}`);

let workshop: Workshop;
let keys: Record<"root" | "ada" | "server", KeyFiles>;
let postgres: Postgres | undefined;
let databaseUrl: string;
const programs = new Map<string, Program>();
/** By the doors' names. */
const urls = new Map<string, string>();
let relay: CountingRelay | undefined;

beforeAll(async () => {
  workshop = await Workshop.open();
  postgres = await startPostgres();
  if (postgres === undefined) return;
  databaseUrl = await postgres.database();
  await workshop.write("database-url", databaseUrl);
  relay = await startCountingRelay();
  for (const folder of ["cur", "new", "tmp"])
    await mkdir(workshop.path("mail", folder), { recursive: true });
  keys = await makeVendor(workshop);
  await makeServer(workshop, keys.server, {
    store: { kind: "postgres", urlFile: "database-url", connections: 3 },
    listen: { port: 0, publicUrl: "http://127.0.0.1:1/" },
    transports: {
      email: {
        from: "updates@vendor.example",
        relays: [{ host: "127.0.0.1", port: relay.port, tls: "none" }],
      },
    },
    mailboxes: [{ kind: "maildir", path: "mail", pollSeconds: 1 }],
  });
  const address = (id: string) => ({ email: `${id}@shop.example` });
  await workshop.write("agents.json", [
    ...tills.map((id) => ({ id, groups: ["tills"], addresses: address(id) })),
    { id: "lone", groups: ["lone"], addresses: address("lone") },
  ]);
  await workshop.done("agents", "import", "agents.json");
  await workshop.done("publish", packageFolder);
  await begin("scheduler,mailbox", "rear-1");
  await Promise.all([
    begin("scheduler,mailbox", "rear-2"),
    begin("sender", "sender-1"),
    begin("sender", "sender-2"),
    begin("api", "api-1"),
    begin("api", "api-2"),
  ]);
}, 240_000);
afterAll(async () => {
  await workshop.close();
  relay?.close();
  await postgres?.[Symbol.asyncDispose]();
});

async function begin(role: string, name: string): Promise<void> {
  const program = workshop.start("serve", "--role", role, "--name", name);
  programs.set(name, program);
  const said = await program.says(/^(running|http:\S+)$/m);
  if (role === "api") urls.set(name, said);
}

/** What a load balancer asks at this moment; a door is closed when nobody stands in it any more. */
let asked: Promise<unknown> = Promise.resolve();

/** It ends in order, and another takes its name. */
async function replace(role: string, name: string): Promise<void> {
  urls.delete(name);
  await asked;
  programs.get(name)?.signal("SIGTERM");
  expect(await programs.get(name)?.ended()).toMatchObject({ signal: null });
  await begin(role, name);
}

/** Asks for something of each connection on which processes hear of each other. @returns how many there are */
async function ofNews(what: "pid" | "pg_terminate_backend(pid)"): Promise<number> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rowCount } = await client.query(
    `SELECT ${what} FROM pg_stat_activity WHERE query LIKE 'LISTEN %' AND datname = current_database()`,
  );
  await client.end();
  return rowCount ?? 0;
}

function door(name: string): string {
  return urls.get(name) ?? "";
}

async function order(group: string): Promise<string> {
  const out = `${group}-${crypto.randomUUID()}.json`;
  const push = ["push", "tills.push.json", "--package", packageFolder, "--group", group];
  await workshop.done(...push, "--key", keys.ada.secretKey, "--out", out);
  return workshop.read(out);
}

async function bring(name: string, body: string): Promise<number> {
  return (await fetch(`${door(name)}triggers`, { method: "POST", body })).status;
}

test("what senders and schedulers do is told at every door, over cut connections, with nothing missed or twice", async () => {
  if (postgres === undefined) return;
  const wave = { noAnswer: "ignored", deadlineSeconds: 1 };
  await workshop.write("tills.push.json", {
    package: "press-control",
    audience: { groups: ["tills"] },
    rollout: {
      waves: [
        { share: 30, ...wave },
        { share: 60, ...wave },
        { share: 100, ...wave },
      ],
    },
  });
  const watch = new Watch();
  const steady = new Watch();
  await watch.through(door("api-1"));
  await steady.through(door("api-2"));
  await expect.poll(() => ofNews("pid")).toBe(programs.size);
  expect(await bring("api-2", await order("tills"))).toBe(202);
  const sent = (): string[] => watch.of("sent").flatMap(({ agents }) => agents);
  await expect.poll(() => sent().length).toBeGreaterThanOrEqual(90);
  expect(await ofNews("pg_terminate_backend(pid)")).toBe(programs.size);
  await expect.poll(() => sent().length).toBeGreaterThan(90);
  await watch.through(door("api-2"));
  const isFinished = (): boolean => watch.of("deployment").some(({ kind }) => kind === "finished");
  await expect.poll(isFinished).toBe(true);
  const kinds = watch
    .of("deployment")
    .map(({ kind }) => kind)
    .filter((kind) => kind === "waveStarted" || kind === "waveFinished" || kind === "finished");
  const waves = Array.from({ length: 3 }, () => ["waveStarted", "waveFinished"]).flat();
  expect(kinds).toEqual([...waves, "finished"]);
  expect(watch.of("message").map(({ verdict }) => verdict)).toEqual(["accepted"]);
  expect(sent().toSorted()).toEqual(tills);
  await expect.poll(() => steady.events).toEqual(watch.events);
  watch.leave();
  steady.leave();
  // Their own log stays their own.
  const told = [...programs].filter(([, { stderr }]) => stderr.includes('"event":"job"'));
  for (const [name] of told) expect(name).toMatch(/^sender/);
  expect(told.length).toBeGreaterThan(0);
}, 240_000);

test("killed in front and behind, and restarted one by one: every order is taken, every mailbox read", async () => {
  if (postgres === undefined) return;
  programs.get("rear-1")?.signal("SIGKILL");
  await programs.get("rear-1")?.ended();
  const byMail = await order("lone");
  const body = multipart(
    "b",
    part("application/vnd.outrider.trigger+json", Buffer.from(byMail).toString("base64")),
  );
  await workshop.write(
    "mail/tmp/1",
    `From: ada@vendor.example\nSubject: x\nOutrider-Document: trigger/1\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n${body}`,
  );
  await rename(workshop.path("mail/tmp/1"), workshop.path("mail/new/1"));
  let isOver = false;
  const answers: number[] = [];
  const asking = (async () => {
    for (let turn = 0; !isOver; turn++) {
      const open = [...urls.values()];
      const answer = fetch(`${open[turn % open.length]}deployments`);
      asked = answer;
      answers.push((await answer).status);
      await pause(10); // the processors are for those who start
    }
  })();
  const orders = [];
  for (const name of ["api-1", "api-2"]) {
    const other = name === "api-1" ? "api-2" : "api-1";
    const replacing = replace("api", name);
    orders.push(await bring(other, await order("lone")));
    await replacing;
    await replace("sender", name.replace("api", "sender"));
  }
  isOver = true;
  await asking;
  expect(orders).toEqual([202, 202]);
  expect(new Set(answers)).toEqual(new Set([200]));
  expect(answers.length).toBeGreaterThan(10);
  // The other scheduler moves what came by the doors, the other reader found the mail; each is one message.
  await expect.poll(() => relay?.written.get("lone@shop.example")?.size).toBe(3);
  const left = async (): Promise<string[]> => readdir(workshop.path("mail/new"));
  await expect.poll(left).toEqual([]);
}, 240_000);
