/** A publisher's site: a database of its own, a relay for each sender, and the parts of a server as real processes. */
import { fork, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, createWriteStream, openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openDatabase, type Row } from "../../sdk/src/store/postgres/database.ts";
import { makeVendor, packageFolder, type KeyFiles } from "../../sdk/test/cli/support/vendor.ts";
import { Workshop } from "../../sdk/test/cli/support/workshop.ts";
import { startPostgres } from "../../sdk/test/servers/postgres.ts";
import { addressOf, agentOf } from "./recipients.ts";
import type { Report } from "./sink.ts";
import { cpuSeconds, familySeconds, peakMegabytes } from "./usage.ts";

/** As the units in samples/scale/deploy have it: V8 would give short-lived objects 100 MB where memory is plenty. */
const environment = {
  ...process.env,
  NODE_OPTIONS: "--max-semi-space-size=4 --max-old-space-size=320",
};

/** A relay that counts. */
export interface Sink {
  readonly port: number;
  /** What it has taken since it was asked last. */
  report(): Promise<Report>;
}

/** A process of the server. */
export interface Part {
  readonly name: string;
  /** What it said first: its URL. */
  readonly said: string;
  usage(): { readonly peakMegabytes: number; readonly cpuSeconds: number };
  /** Lines of its log. */
  log(): string[];
}

/** All of it. */
export interface Site {
  readonly sinks: readonly Sink[];
  readonly packageFolder: string;
  /** Runs a command of the command line to its end. */
  command(...argv: readonly string[]): Promise<{ seconds: number; peakMegabytes: number }>;
  /** Starts `serve` in one role. */
  serve(config: string, role: string, name: string): Promise<Part>;
  /** Orders a push to everybody: the signed trigger. */
  order(): Promise<Buffer>;
  database(sql: string): Promise<Row[]>;
  databaseSeconds(): number;
  path(name: string): string;
  /** Ends all of it, whatever of it is at work. */
  close(): Promise<void>;
}

/** Makes it, with nothing registered and nothing running but the database and the relays. */
export async function openSite(
  recipients: number,
  senders: number,
  main: string,
): Promise<Site | undefined> {
  const postgres = await startPostgres({ durable: true, sharedMegabytes: 512 });
  if (postgres === undefined) return undefined;
  const children: ChildProcess[] = [];
  const workshop = await Workshop.open();
  const url = await postgres.database();
  await workshop.write("database-url", url);
  const keys = await makeVendor(workshop);
  const sinks = await Promise.all(
    Array.from({ length: senders }, async () => startSink(children, recipients)),
  );
  for (const [index, { port }] of sinks.entries())
    await writeConfig(workshop, keys, `sender-${index + 1}.json`, port);
  await writeConfig(workshop, keys, "outrider-server.json", sinks[0]?.port ?? 0);
  await writeAgents(workshop.path("agents.csv"), recipients);
  const database = await openDatabase({ connectionString: url, connections: 1 });
  const file = await database.one("SELECT pg_read_file('postmaster.pid') AS text");
  const postmaster = Number.parseInt(String(file?.["text"]), 10);
  const cwd = workshop.directory;
  return {
    sinks,
    packageFolder,
    path: (name) => workshop.path(name),
    async command(...argv) {
      const started = performance.now();
      const child = spawn(process.execPath, [main, ...argv], {
        cwd,
        stdio: ["ignore", "ignore", "inherit"],
        env: environment,
      });
      children.push(child);
      const pid = child.pid ?? 0;
      let peak = 0;
      const watch = setInterval(() => (peak = Math.max(peak, peakMegabytes(pid))), 50);
      const [code] = (await once(child, "exit")) as [number];
      clearInterval(watch);
      if (code !== 0) throw new Error(`outrider ${argv.join(" ")} exits ${code}`);
      return { seconds: (performance.now() - started) / 1000, peakMegabytes: peak };
    },
    serve: async (config, role, name) =>
      startPart(children, [main, "serve", config, "--role", role, "--name", name], {
        cwd,
        name,
        logFile: workshop.path(`${name}.log`),
      }),
    async order() {
      const to = ["--group", "tills", "--key", keys.ada.secretKey, "--out", "order.json"];
      await workshop.done("push", "--package", packageFolder, ...to);
      return Buffer.from(await workshop.read("order.json"));
    },
    database: async (sql) => database.all(sql),
    databaseSeconds: () => familySeconds(postmaster),
    async close() {
      for (const child of children) child.kill("SIGTERM");
      await Promise.all(
        children
          .filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null)
          .map((child) => once(child, "exit")),
      );
      await database.close();
      await workshop.close();
      await postgres[Symbol.asyncDispose]();
    },
  };
}

async function writeConfig(
  workshop: Workshop,
  keys: Record<"server", KeyFiles>,
  name: string,
  port: number,
): Promise<void> {
  await workshop.write(name, {
    dataDirectory: "server",
    trustFile: "trust.json",
    key: { file: keys.server.secretKey },
    store: { kind: "postgres", urlFile: "database-url", connections: 4 },
    listen: { port: 0, publicUrl: "http://127.0.0.1:1/" },
    transports: {
      email: {
        from: "updates@vendor.example",
        relays: [{ host: "127.0.0.1", port, tls: "none" }],
        // Destinations on this machine ask for no courtesy.
        pace: { recipientsPerMessage: 50 },
      },
    },
  });
}

async function writeAgents(file: string, recipients: number): Promise<void> {
  const stream = createWriteStream(file);
  stream.write("id,groups,email\n");
  for (let index = 0; index < recipients; index++)
    if (!stream.write(`${agentOf(index)},tills,${addressOf(index)}\n`)) await once(stream, "drain");
  stream.end();
  await once(stream, "close");
}

async function startSink(children: ChildProcess[], recipients: number): Promise<Sink> {
  const child = fork(join(import.meta.dirname, "sink.ts"), [String(recipients)], {
    serialization: "advanced",
  });
  children.push(child);
  const [{ port }] = (await once(child, "message")) as [{ port: number }];
  return {
    port,
    async report() {
      child.send("report");
      const [report] = (await once(child, "message")) as [Report];
      return report;
    },
  };
}

async function startPart(
  children: ChildProcess[],
  argv: readonly string[],
  { cwd, name, logFile }: { readonly cwd: string; readonly name: string; readonly logFile: string },
): Promise<Part> {
  const log = openSync(logFile, "w");
  const child = spawn(process.execPath, argv, {
    cwd,
    stdio: ["ignore", "pipe", log],
    env: environment,
  });
  closeSync(log);
  children.push(child);
  const [said] = (await Promise.race([
    once(child.stdout ?? child, "data"),
    once(child, "exit").then(() => []),
  ])) as [Buffer?];
  if (said === undefined) throw new Error(`${name} ended: ${readFileSync(logFile, "utf8")}`);
  const pid = child.pid ?? 0;
  return {
    name,
    said: said.toString().trim(),
    usage: () => ({ peakMegabytes: peakMegabytes(pid), cpuSeconds: cpuSeconds(pid) }),
    log: () => readFileSync(logFile, "utf8").trim().split("\n"),
  };
}
