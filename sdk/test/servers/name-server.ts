/** A name server (dnsmasq) on loopback that knows one domain; it says what it is given and forwards nothing. */
import { Resolver } from "node:dns/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { outsideTool } from "../support/tools.ts";
import { startDaemon } from "./daemon.ts";
import { freePorts } from "./free-ports.ts";

/** The name server. */
export interface NameServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  [Symbol.asyncDispose](): Promise<void>;
}

/** One announced server. */
export interface NamedServer {
  /** First label of its instance. */
  readonly label: string;
  readonly address: string;
  readonly port: number;
  /** Strings of the TXT record. */
  readonly text: readonly string[];
}

/** Starts it; `undefined`, said aloud, where it is not installed. */
export async function startNameServer(
  folder: string,
  domain: string,
  servers: readonly NamedServer[],
): Promise<NameServer | undefined> {
  const program = outsideTool("dnsmasq");
  const [port = 0] = await freePorts(1);
  if (program === undefined) return undefined;
  const records = servers.flatMap(({ label, address, port, text }) => {
    const instance = `${label}._outrider._tcp.${domain}`;
    const host = `${label}.${domain}`;
    return [
      `--ptr-record=_outrider._tcp.${domain},${instance}`,
      `--srv-host=${instance},${host},${port}`,
      `--txt-record=${[instance, ...text].join(",")}`,
      `--host-record=${host},${address}`,
    ];
  });
  const daemon = startDaemon(
    [
      program,
      "--keep-in-foreground",
      "--conf-file=/dev/null",
      "--no-resolv",
      "--no-hosts",
      "--bind-interfaces",
      "--listen-address=127.0.0.1",
      `--port=${port}`,
      `--pid-file=${join(folder, "dnsmasq.pid")}`,
      `--user=${process.getuid?.() === 0 ? "root" : ""}`,
      `--local=/${domain}/`,
      ...records,
    ],
    join(folder, "dnsmasq.log"),
  );
  const address = `127.0.0.1:${port}`;
  await answers(address, `_outrider._tcp.${domain}`);
  return { address, [Symbol.asyncDispose]: () => daemon.stop() };
}

async function answers(address: string, name: string): Promise<void> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([address]);
  const until = performance.now() + 60_000;
  for (;;)
    try {
      await resolver.resolvePtr(name);
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
      await wait(50);
    }
}
