/**
 * PostgreSQL of Debian, in a folder of its own on a free loopback port; everybody on this machine is let in. It refuses
 * to run as root: root starts it as the user `postgres`.
 */
import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { chown, mkdtemp, readdir, rm, stat } from "node:fs/promises";
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
  /** Ends it; a crash gives nobody time for anything. */
  stop(how: "orderly" | "crash"): Promise<void>;
  /** Starts it again, on the same port. */
  start(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts it; `undefined`, said aloud, where it is not installed. Durable, it waits for the disk as a publisher's does. */
export async function startPostgres(
  options: { readonly durable?: boolean } = {},
): Promise<Postgres | undefined> {
  const programs = await findPrograms();
  if (programs === undefined) return undefined;
  const folder = await mkdtemp(join(tmpdir(), "outrider-postgres-"));
  const asUser = await userFor(folder);
  const data = join(folder, "data");
  const call = async (program: string, ...parameters: string[]): Promise<void> => {
    const [command = "", ...rest] = [...asUser, join(programs, program), ...parameters];
    await run(command, rest, { cwd: folder });
  };
  await call(
    "initdb",
    "-D",
    data,
    "-U",
    "outrider",
    "-A",
    "trust",
    "-E",
    "UTF8",
    "--locale=C.UTF-8",
    "-N",
  );
  const [port = 0] = await freePorts(1);
  const settings = [
    `fsync=${options.durable === true ? "on" : "off"}`,
    "max_connections=60",
    "shared_buffers=64MB",
  ].flatMap((one) => ["-c", one]);
  const command = [
    ...asUser,
    join(programs, "postgres"),
    "-D",
    data,
    "-h",
    "127.0.0.1",
    "-p",
    String(port),
    "-k",
    folder,
    ...settings,
  ];
  const url = (name: string): string => `postgres://outrider@127.0.0.1:${port}/${name}`;
  let daemon: Daemon | undefined;
  const start = async (): Promise<void> => {
    daemon = startDaemon(command, join(folder, "log"));
    await portOpens(port);
    await answers(url("postgres"));
  };
  const stop = async (how: "orderly" | "crash"): Promise<void> => {
    if (daemon === undefined) return;
    await call("pg_ctl", "stop", "-D", data, "-m", how === "crash" ? "immediate" : "fast");
    await daemon.stop();
    daemon = undefined;
  };
  await start();
  return {
    async database() {
      const name = `d${randomUUID().replaceAll("-", "")}`;
      await ask(url("postgres"), `CREATE DATABASE ${name}`);
      return url(name);
    },
    stop,
    start,
    async [Symbol.asyncDispose]() {
      await stop("crash");
      await rm(folder, { recursive: true, force: true });
    },
  };
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

async function answers(url: string): Promise<void> {
  for (let tries = 0; ; tries++)
    try {
      return await ask(url, "SELECT 1");
    } catch (error) {
      if (tries > 200) throw error;
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
