/**
 * A program of the wire tests: a host that speaks DNS-SD with avahi and nothing of ours. Told `browse`, it writes what
 * avahi-browse sees; told `publish ROOT`, it serves that tree and has avahi announce it.
 */
import { execFile, spawn } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { startDaemon } from "../servers/daemon.ts";
import { startStaticHost } from "../support/static-host.ts";

const [folder = ""] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
const bus = `unix:path=${join(folder, "bus")}`;
process.env.DBUS_SYSTEM_BUS_ADDRESS = bus;
const configuration = join(folder, "avahi-daemon.conf");
await writeFile(
  configuration,
  "[server]\nhost-name=foreign\nratelimit-interval-usec=1000000\nratelimit-burst=1000\n[publish]\npublish-workstation=no\n",
);
const daemons = [
  startDaemon(
    ["dbus-daemon", "--system", "--nofork", "--nopidfile", `--address=${bus}`],
    join(folder, "dbus.log"),
  ),
  // It ends where there is no bus yet, and keeps its process id and socket at fixed places: those are its own here.
  startDaemon(
    [
      "unshare",
      "--mount",
      "sh",
      "-c",
      `until dbus-send --bus=${bus} --dest=org.freedesktop.DBus --print-reply / org.freedesktop.DBus.GetId >/dev/null 2>&1; do sleep 0.05; done; mount -t tmpfs tmpfs /run; mkdir /run/avahi-daemon
      DBUS_SYSTEM_BUS_ADDRESS=${bus} exec avahi-daemon --no-drop-root --no-chroot --no-rlimits -f ${configuration}`,
    ],
    join(folder, "avahi.log"),
  ),
];
const hosts: AsyncDisposable[] = [];
const run = promisify(execFile);

process.stdout.write(`"ready"\n`);
for await (const line of createInterface({ input: process.stdin })) {
  const [order = "", root = ""] = line.split(" ");
  if (order === "browse") {
    const { stdout } = await run("avahi-browse", ["-rptk", "_outrider._tcp"], {
      timeout: 5000,
    }).catch((error: unknown) => ({ stdout: String(error) }));
    process.stdout.write(`${JSON.stringify({ browsed: stdout })}\n`);
  }
  if (order === "publish") {
    const host = await startStaticHost(root, undefined, "::");
    const service = ["-f", "-s", "foreign server", "_outrider._tcp", String(host.port), "path=/"];
    const publisher = spawn("avahi-publish", service, { stdio: "ignore" });
    hosts.push(host, { [Symbol.asyncDispose]: async () => void publisher.kill() });
  }
}
for (const host of hosts) await host[Symbol.asyncDispose]();
for (const daemon of daemons) await daemon.stop();
