/**
 * PostgreSQL of Debian, in a folder of its own on a free loopback port; everybody on this machine is let in. It refuses
 * to run as root: root starts it as the user `postgres`.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chown, mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import pg from "pg";
import { notRun } from "../support/tools.ts";
import { startDaemon, type Daemon } from "./daemon.ts";
import { freePorts, portOpens } from "./free-ports.ts";

const run = promisify(execFile);

/** The server. */
export interface Postgres {
  /** Makes an empty database. @returns its connection string */
  database(): Promise<string>;
  /**
   * Ends it; a crash gives nobody time for anything; killed, its first process is, and the others end when they see that
   * they are alone.
   */
  stop(how: "orderly" | "crash" | "killed"): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  /** Starts a second one that holds all that this one says is committed, and takes no writes until it is promoted. */
  standby(): Promise<Standby>;
  /** Runs one of its programs, such as pg_dump. */
  call(program: string, ...parameters: readonly string[]): Promise<void>;
  /** Its own folder, in which its programs may write. */
  readonly folder: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One that follows another. */
export interface Standby {
  readonly port: number;
  /** From now on it takes writes. */
  promote(): Promise<void>;
}

/** Starts it; `undefined`, said aloud, where it is not installed. Durable, it waits for the disk as a publisher's does. */
export async function startPostgres(
  options: { readonly durable?: boolean; readonly sharedMegabytes?: number } = {},
): Promise<Postgres | undefined> {
  const programs = await findPrograms();
  if (programs === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "outrider-postgres-"));
  const asUser = await userFor(folder);
  const [port = 0, standbyPort = 0] = await freePorts(2);
  const place = {
    programs,
    folder,
    asUser,
    isDurable: options.durable === true,
    sharedMegabytes: options.sharedMegabytes ?? 64,
  };
  const primary = new Cluster(place, "data", port);
  const standby = new Cluster(place, "standby", standbyPort);
  const form = ["-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"];
  await primary.call("initdb", "-D", primary.data, "-U", "outrider", ...form);
  await primary.start();
  return {
    folder,
    async database() {
      const name = `d${randomUUID().replaceAll("-", "")}`;
      await ask(primary.url("postgres"), `CREATE DATABASE ${name}`);
      return primary.url(name);
    },
    stop: (how) => primary.stop(how),
    start: () => primary.start(),
    async standby() {
      const from = `host=127.0.0.1 port=${port} user=outrider`;
      await primary.call("pg_basebackup", "-d", from, "-D", standby.data, "-R", "-c", "fast");
      await standby.start();
      const system = primary.url("postgres");
      await ask(system, "ALTER SYSTEM SET synchronous_standby_names = '*'");
      await ask(system, "SELECT pg_reload_conf()");
      await holds(system, "SELECT 1 / count(*) FROM pg_stat_replication WHERE sync_state = 'sync'");
      return {
        port: standbyPort,
        promote: () => standby.call("pg_ctl", "promote", "-D", standby.data, "-w"),
      };
    },
    call: (program, ...parameters) => primary.call(program, ...parameters),
    async [Symbol.asyncDispose]() {
      await Promise.all([primary.stop("crash"), standby.stop("crash")]);
      await rm(folder, { recursive: true, force: true, maxRetries: 20 });
    },
  };
}

/** Where clusters are, and as whom they run. */
interface Place {
  readonly programs: string;
  readonly folder: string;
  readonly asUser: readonly string[];
  readonly isDurable: boolean;
  readonly sharedMegabytes: number;
}

/** One data folder and the server over it. */
class Cluster {
  readonly data: string;
  readonly #place: Place;
  readonly #port: number;
  #daemon: Daemon | undefined;

  constructor(place: Place, name: string, port: number) {
    this.#place = place;
    this.data = join(place.folder, name);
    this.#port = port;
  }

  url(database: string): string {
    return `postgres://outrider@127.0.0.1:${this.#port}/${database}`;
  }

  async call(program: string, ...parameters: readonly string[]): Promise<void> {
    const { asUser, programs, folder } = this.#place;
    const [command = "", ...rest] = [...asUser, join(programs, program), ...parameters];
    await run(command, rest, { cwd: folder });
  }

  async start(): Promise<void> {
    const { asUser, programs, folder, isDurable, sharedMegabytes } = this.#place;
    const settings = [
      `fsync=${isDurable ? "on" : "off"}`,
      "max_connections=60",
      `shared_buffers=${sharedMegabytes}MB`,
    ].flatMap((one) => ["-c", one]);
    const where = ["-D", this.data, "-h", "127.0.0.1", "-p", String(this.#port), "-k", folder];
    const command = [...asUser, join(programs, "postgres"), ...where, ...settings];
    this.#daemon = startDaemon(command, `${this.data}.log`);
    await portOpens(this.#port);
    await holds(this.url("postgres"), "SELECT 1");
  }

  async stop(how: "orderly" | "crash" | "killed"): Promise<void> {
    if (this.#daemon === undefined) return;
    if (how === "killed") {
      const [first = ""] = (await readFile(join(this.data, "postmaster.pid"), "utf8")).split("\n");
      process.kill(Number(first), "SIGKILL");
    } else
      await this.call(
        "pg_ctl",
        "stop",
        "-D",
        this.data,
        "-m",
        how === "crash" ? "immediate" : "fast",
      );
    await this.#daemon.stop();
    this.#daemon = undefined;
  }
}

/** Debian puts them beside each other by version, and not on the PATH. */
async function findPrograms(): Promise<string | undefined> {
  const home = "/usr/lib/postgresql";
  const versions = (await readdir(home).catch(() => [])).toSorted(
    (one, other) => Number(one) - Number(other),
  );
  const newest = versions.at(-1);
  if (
    newest !== undefined &&
    (await stat(join(home, newest, "bin", "initdb")).catch(() => undefined))
  )
    return join(home, newest, "bin");
  return notRun("postgresql is not installed: a test that needs it was NOT RUN");
}

/** What a command begins with so that it runs as somebody who may; the folder is made theirs. */
async function userFor(folder: string): Promise<string[]> {
  if (process.getuid?.() !== 0) return [];
  const [uid, gid] = await Promise.all(
    ["-u", "-g"].map(async (option) => Number((await run("id", [option, "postgres"])).stdout)),
  );
  await chown(folder, uid ?? 0, gid ?? 0);
  return ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--clear-groups"];
}

/** Waits until it answers the question without an error. */
async function holds(url: string, question: string): Promise<void> {
  for (let tries = 0; ; tries++)
    try {
      return await ask(url, question);
    } catch (error) {
      if (tries > 1200) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
}

/** A connection of its own. */
export interface BareClient {
  query(sql: string, values?: unknown[]): Promise<unknown>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Connects. */
export async function bareClient(url: string): Promise<BareClient> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  return {
    query: (sql, values) => client.query(sql, values),
    [Symbol.asyncDispose]: () => client.end(),
  };
}

/** One statement over a connection of its own. */
async function ask(url: string, sql: string): Promise<void> {
  await using client = await bareClient(url);
  await client.query(sql);
}
