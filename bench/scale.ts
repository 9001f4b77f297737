/**
 * One order to many machines by mail, as a publisher's site has it: PostgreSQL (waiting for its disk), a process that
 * answers and moves deployments, three that send, a relay for each that counts whom it was told to write to. Everybody must
 * have got exactly one mail, the ledger must say so, and no process of ours may have had 250 MB. Then bare nodemailer sends
 * the same mails from as many processes: what we do beside SMTP is what we take longer.
 *
 *     node bench/scale.ts [--recipients 20000] [--senders 3] [--rounds 3] [--main FILE]
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Report } from "./scale/sink.ts";
import { openSite, type Part, type Sink, type Site } from "./scale/site.ts";
import { compare, figure, median, missing, type Round } from "./table/row.ts";

const recipientsPerMail = 50;
const mostMegabytes = 250;

const { values } = parseArgs({
  options: {
    recipients: { type: "string", default: "20000" },
    senders: { type: "string", default: "3" },
    rounds: { type: "string", default: "3" },
    main: { type: "string", default: join(import.meta.dirname, "../sdk/dist/cli/main.js") },
  },
});
const recipients = Number(values.recipients);
const senders = Number(values.senders);
const main = resolve(values.main);
if (!existsSync(main)) throw new Error(`${main} is missing: run \`pnpm build\`.`);

// Broken off, it ends what it started before it ends itself.
const broken = Promise.withResolvers<never>();
broken.promise.catch(() => undefined); // also where nobody listens yet
for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(name, () => broken.reject(new Error(`Broken off by ${name}.`)));
for (const stream of [process.stdout, process.stderr]) stream.on("error", broken.reject);

const site = await openSite(recipients, senders, main);
if (site === undefined) missing("PostgreSQL: a site of several processes");
else
  try {
    await Promise.race([broken.promise, measure(site)]);
  } finally {
    await site.close();
  }

async function measure(site: Site): Promise<void> {
  const imported = await site.command("agents", "import", "agents.csv");
  await site.command("publish", site.packageFolder);
  const api = await site.serve("outrider-server.json", "api,scheduler", "api");
  const parts: Part[] = [];
  for (let index = 1; index <= senders; index++)
    parts.push(await site.serve(`sender-${index}.json`, "sender", `sender-${index}`));

  const order = await site.order();
  const before = site.databaseSeconds();
  const started = performance.now();
  const deployment = await post(api, order);
  const planned = secondsSince(started);
  const counts = await allSent(api, deployment);
  const ours = secondsSince(started);
  const databaseSeconds = site.databaseSeconds() - before;
  const taken = await Promise.all(site.sinks.map((sink) => sink.report()));
  requireOneEach(taken);
  await requireSums(site, counts);

  figure("agents import", `${took(imported.seconds)}, ${mb(imported.peakMegabytes)}`);
  figure("trigger → planned", took(planned));
  figure("planned → all sent", took(ours - planned));
  figure("trigger → all sent", `${took(ours)}; load ${(loadavg()[0] ?? 0).toFixed(1)}`);
  for (const part of [api, ...parts]) figure(part.name, booksOf(part, ours));
  const database = await databaseFigures(site);
  figure("PostgreSQL", `${share(databaseSeconds, ours)}; ${database}`);

  const mail = site.path("mail.eml");
  writeFileSync(mail, taken.find(({ firstMail }) => firstMail !== "")?.firstMail ?? "", "latin1");
  const rounds: Round[] = [];
  for (let round = 0; round < Number(values.rounds); round++) {
    rounds.push({ ours: ours - planned, theirs: await sendBare(site.sinks, mail) });
    requireOneEach(await Promise.all(site.sinks.map((sink) => sink.report())));
  }
  const bare = median(rounds.map(({ theirs }) => theirs));
  figure("share of the time outside SMTP", percent(1 - bare / (ours - planned)));
  const count = recipients.toLocaleString("en");
  compare(
    {
      what: `${count} recipients over ${senders} sender processes and PostgreSQL, planned to sent`,
      unit: "s",
      peer: `bare nodemailer, the same mails from ${senders} processes`,
    },
    rounds,
  );
  const peaks = [imported, ...[api, ...parts].map((part) => part.usage())];
  const heaviest = Math.max(...peaks.map(({ peakMegabytes }) => peakMegabytes));
  compare(
    {
      what: `${count} recipients, peak memory of the heaviest process`,
      unit: "MB",
      peer: `limit of ${mostMegabytes} MB`,
      aim: { atMost: 1 },
    },
    [{ ours: heaviest, theirs: mostMegabytes }],
  );
  if (heaviest > mostMegabytes)
    throw new Error(`A process had ${heaviest.toFixed(0)} MB, more than ${mostMegabytes}.`);
}

/** Fires the trigger. @returns the deployment's id */
async function post({ said: url }: Part, trigger: Buffer): Promise<string> {
  const response = await fetch(new URL("triggers", url), {
    method: "POST",
    body: Uint8Array.from(trigger),
    signal: AbortSignal.timeout(3_600_000),
  });
  const verdict = (await response.json()) as { outcome: string; deployment?: string };
  if (verdict.deployment === undefined) throw new Error(JSON.stringify(verdict));
  return verdict.deployment;
}

type Counts = Readonly<Record<string, number>>;

/** Waits until nobody is planned any more. @returns the tallies */
async function allSent({ said: url }: Part, deployment: string): Promise<Counts> {
  for (;;) {
    const response = await fetch(new URL(`deployments/${deployment}`, url));
    const { waves } = (await response.json()) as { waves: { counts: Counts }[] };
    const counts = waves[0]?.counts ?? {};
    if (counts["planned"] === 0) return counts;
    await pause(200);
  }
}

/** Nobody without a mail, nobody with two, nobody else. */
function requireOneEach(reports: readonly Report[]): void {
  let lost = 0;
  let doubled = 0;
  for (let index = 0; index < recipients; index++) {
    const count = reports.reduce((sum, { counts }) => sum + (counts[index] ?? 0), 0);
    if (count === 0) lost++;
    else if (count > 1) doubled++;
  }
  const strangers = reports.reduce((sum, report) => sum + report.strangers, 0);
  if (lost + doubled + strangers > 0)
    throw new Error(`${lost} lost, ${doubled} doubled, ${strangers} to strangers.`);
}

/** The tallies, the ledger's rows and what the relays took are one and the same. */
async function requireSums(site: Site, counts: Counts): Promise<void> {
  const rows = await site.database(
    "SELECT state, count(*)::integer AS rows FROM outrider.ledger GROUP BY state",
  );
  const isSum =
    rows.length === 1 && rows[0]?.["state"] === "sent" && rows[0]["rows"] === recipients;
  const tally = Object.values(counts).reduce((sum, count) => sum + count, 0);
  if (!isSum || counts["sent"] !== recipients || tally !== recipients)
    throw new Error(
      `The ledger says ${JSON.stringify(rows)}, the tallies ${JSON.stringify(counts)}.`,
    );
}

async function databaseFigures(site: Site): Promise<string> {
  const [row = {}] = await site.database(`SELECT
    pg_size_pretty(pg_database_size(current_database())) AS size,
    pg_size_pretty(pg_current_wal_lsn() - '0/0'::pg_lsn) AS wal,
    (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits`);
  return `${row["size"]}, ${row["wal"]} of WAL, ${row["commits"]} transactions`;
}

/** Bare clients in processes of their own, each with its share and its relay. @returns seconds until the last is done */
async function sendBare(sinks: readonly Sink[], mail: string): Promise<number> {
  const clients = sinks.map(({ port }, index) => {
    const share = [index, index + 1].map((at) => Math.round((recipients * at) / sinks.length));
    const numbers = [port, ...share, recipientsPerMail].map(String);
    return fork(join(import.meta.dirname, "scale", "bare.ts"), [...numbers, mail]);
  });
  await Promise.all(clients.map((client) => once(client, "message")));
  const started = performance.now();
  for (const client of clients) client.send("go");
  await Promise.all(clients.map((client) => once(client, "message")));
  return secondsSince(started);
}

/** A process, and by its own books how long its jobs took, and how long of that the relay had them. */
function booksOf(part: Part, seconds: number): string {
  const { peakMegabytes, cpuSeconds } = part.usage();
  const jobs = part.log().flatMap((line) => {
    if (!line.includes('"event":"job"')) return [];
    return [JSON.parse(line) as { seconds: number; sendingSeconds: number; recipients: number }];
  });
  const sum = (name: "seconds" | "sendingSeconds" | "recipients"): number =>
    jobs.reduce((total, job) => total + job[name], 0);
  const process = `${mb(peakMegabytes)}, ${share(cpuSeconds, seconds)}`;
  if (jobs.length === 0) return process;
  const withRelay = sum("sendingSeconds") / sum("seconds");
  return `${process}; ${sum("recipients")} recipients in ${jobs.length} jobs, the relay had them for ${percent(withRelay)} of that time`;
}

function secondsSince(started: number): number {
  return (performance.now() - started) / 1000;
}

function took(seconds: number): string {
  return `${seconds.toFixed(1)} s, ${Math.round(recipients / seconds)} recipients a second`;
}

function share(cpuSeconds: number, seconds: number): string {
  return `${percent(cpuSeconds / seconds)} of a core`;
}

function percent(part: number): string {
  return `${(100 * part).toFixed(0)} %`;
}

function mb(megabytes: number): string {
  return `${megabytes.toFixed(0)} MB`;
}
