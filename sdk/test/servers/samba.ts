/**
 * A real file server for tests: Samba (SMB 3.1.1) on a random port of loopback, in a folder of its own. Several may run at
 * once; nothing outlives the test run.
 *
 * Debian packages: samba smbclient; Samba needs root. SMB names are mapped to system accounts that every Debian has, so
 * nothing is added to /etc/passwd.
 */
import { execFileSync } from "node:child_process";
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { outsideTool } from "../support/tools.ts";
import { startDaemon, type Daemon } from "./daemon.ts";
import { freePorts, portCloses, portOpens } from "./free-ports.ts";

/** The shares: `sealed` demands encryption, `guest` takes anybody, the folder of `dead` is missing. */
export type SambaShare = "pkg" | "sealed" | "guest" | "dead";

/** The running server. */
export interface Samba {
  readonly port: number;
  /** The folder of a share on this machine's disk. */
  folderOf(share: SambaShare): string;
  /** How `smbclient` reaches a share: `publisher` may write, `agent` may read, but in `receipts/`. */
  access(
    share: SambaShare,
    as: "publisher" | "agent" | "guest",
  ): { readonly root: string; readonly port: number; readonly credentialsFile?: string };
  /** Ends the server: connections are cut. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Ends it and removes the folder. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** What a test may choose. */
export interface SambaOptions {
  /** Lines of the section `[global]`. */
  readonly global?: readonly string[];
  /** The share `pkg` is a disk of so many bytes; it goes with the server. */
  readonly diskBytes?: number;
}

/** Of both users. */
export const sambaPassword = "secret";
const accounts = { publisher: "backup", agent: "sys" } as const;

/**
 * Starts it.
 *
 * @returns `undefined` where its programs, or root, are missing: the test then returns, having said so on stderr.
 * @throws in CI, instead.
 */
export async function startSamba(options: SambaOptions = {}): Promise<Samba | undefined> {
  const [smbd, smbpasswd, client] = ["smbd", "smbpasswd", "smbclient"].map((name) =>
    outsideTool(name),
  );
  if (smbd === undefined || smbpasswd === undefined || client === undefined) return undefined;
  if (process.getuid?.() !== 0) return withoutRoot();
  const at = await mkdtemp(join(tmpdir(), "outrider-samba-"));
  await chmod(at, 0o755);
  const [port = 0] = await freePorts(1);
  const folders: Readonly<Record<SambaShare, string>> = {
    pkg: join(at, "pkg"),
    sealed: join(at, "sealed"),
    guest: join(at, "guest"),
    dead: join(at, "not-there"),
  };
  await prepare(at, folders);
  const configuration = join(at, "smb.conf");
  await writeFile(configuration, configure(at, port, folders, options.global ?? []));
  for (const account of Object.values(accounts))
    execFileSync(smbpasswd, ["-c", configuration, "-s", "-a", account], {
      input: `${sambaPassword}\n${sambaPassword}\n`,
      stdio: ["pipe", "ignore", "ignore"],
    });
  for (const user of ["publisher", "agent"])
    await writeFile(join(at, user), `username = ${user}\npassword = ${sambaPassword}\n`, {
      mode: 0o600,
    });

  let running: Daemon | undefined;
  const samba: Samba = {
    port,
    folderOf: (share) => folders[share],
    access: (share, as) => ({
      root: `//127.0.0.1/${share}`,
      port,
      ...(as === "guest" ? {} : { credentialsFile: join(at, as) }),
    }),
    async start() {
      const command = [smbd, "--foreground", "-s", configuration];
      const disk = options.diskBytes;
      running = startDaemon(
        disk === undefined ? command : withDisk(folders.pkg, disk, command),
        join(at, "smbd.out"),
      );
      await portOpens(port);
    },
    async stop() {
      await running?.stop();
      await portCloses(port);
      running = undefined;
    },
    async [Symbol.asyncDispose]() {
      await samba.stop();
      await rm(at, { recursive: true, force: true, maxRetries: 20 });
    },
  };
  await samba.start();
  return samba;
}

/** In a mount namespace of its own, which goes with the server: nothing stays mounted. */
function withDisk(folder: string, bytes: number, command: readonly string[]): string[] {
  const script =
    'mount -t tmpfs -o "size=$1,mode=777" tmpfs "$2" && mkdir -m 777 "$2/receipts" && shift 2 && exec "$@"';
  return ["unshare", "-m", "sh", "-c", script, "sh", String(bytes), folder, ...command];
}

async function prepare(at: string, folders: Readonly<Record<SambaShare, string>>): Promise<void> {
  for (const name of ["private", "lock", "cache", "state", "pid", "rpc", "log"])
    await mkdir(join(at, name), { mode: name === "private" ? 0o700 : 0o755 });
  const publisher = Number(execFileSync("id", ["-u", accounts.publisher]).toString());
  for (const share of ["pkg", "sealed", "guest"] as const) {
    const receipts = join(folders[share], "receipts");
    await mkdir(receipts, { recursive: true });
    await chown(folders[share], publisher, -1);
    await chmod(folders[share], share === "guest" ? 0o777 : 0o755);
    await chmod(receipts, 0o777);
  }
  const map = [`${accounts.publisher} = publisher`, `${accounts.agent} = agent`, ""];
  await writeFile(join(at, "users"), map.join("\n"));
}

function configure(
  at: string,
  port: number,
  folders: Readonly<Record<SambaShare, string>>,
  global: readonly string[],
): string {
  const forUsers = [
    `valid users = publisher agent ${accounts.publisher} ${accounts.agent}`,
    "read only = no", // who may write where is left to the modes of the folders
  ];
  const sections: Readonly<Record<string, readonly string[]>> = {
    global: [
      "server role = standalone server",
      "workgroup = TEST",
      "netbios name = FILES",
      "disable netbios = yes",
      `smb ports = ${port}`,
      "interfaces = 127.0.0.1/8",
      "bind interfaces only = yes",
      `private dir = ${at}/private`,
      `lock directory = ${at}/lock`,
      `cache directory = ${at}/cache`,
      `state directory = ${at}/state`,
      `pid directory = ${at}/pid`,
      `ncalrpc dir = ${at}/rpc`,
      `log file = ${at}/log/smbd.log`,
      "passdb backend = tdbsam",
      `username map = ${at}/users`,
      "map to guest = Bad User",
      "guest account = nobody",
      "load printers = no",
      "printing = bsd",
      "printcap name = /dev/null",
      "disable spoolss = yes",
      "unix extensions = no",
      ...global,
    ],
    pkg: [`path = ${folders.pkg}`, ...forUsers],
    sealed: [`path = ${folders.sealed}`, ...forUsers, "server smb encrypt = required"],
    guest: [`path = ${folders.guest}`, "guest ok = yes", "guest only = yes", "read only = no"],
    dead: [`path = ${folders.dead}`, "guest ok = yes"],
  };
  return Object.entries(sections)
    .map(([name, lines]) => `[${name}]\n${lines.map((line) => `  ${line}\n`).join("")}`)
    .join("");
}

function withoutRoot(): undefined {
  const message = "only root can start Samba: a test that needs it was NOT RUN";
  if (process.env.OUTRIDER_CI === "1") throw new Error(message);
  process.stderr.write(`\n!!! ${message} !!!\n\n`);
  return undefined;
}
