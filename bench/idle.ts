/**
 * What a quiet agent costs an hour: each transport is listened to for a while by a process of its own, with its usual
 * pauses divided by 100, and the same process without any transport is taken off.
 *
 *     node bench/idle.ts [--seconds 15]
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { testFolder } from "../sdk/test/support/archives.ts";
import { layOut } from "../sdk/test/support/laid-out.ts";
import { makeMaildir } from "../sdk/test/support/mail.ts";
import { Publisher } from "../sdk/test/support/publisher.ts";
import { startStaticHost } from "../sdk/test/support/static-host.ts";
import { figure } from "./table/row.ts";

/** How a process of `idle/worker.ts` listens. */
export interface IdleOrder {
  readonly transport: "none" | "email" | "unc" | "http" | "opportunistic";
  readonly root: string;
  readonly url: string;
  readonly maildir: string;
  readonly spool: string;
  readonly seconds: number;
  /** The usual pauses are divided by this. */
  readonly faster: number;
}

const { values } = parseArgs({ options: { seconds: { type: "string", default: "15" } } });
const [seconds, faster] = [Number(values.seconds), 100] as const;

await using folder = await testFolder();
const publisher = await Publisher.start(new Date());
const pushed = await publisher.push(await publisher.release({ version: "1.0.0" }));
const root = folder.at("tree");
await layOut(publisher, root, [pushed]);
await using host = await startStaticHost(root);
const maildir = await makeMaildir(folder.at("mail"));
let base = 0;
for (const transport of ["none", "email", "unc", "http", "opportunistic"] as const) {
  const order: IdleOrder = {
    transport,
    root,
    url: host.url,
    maildir,
    spool: folder.at("spool"),
    seconds,
    // Its looks are at the machine's links, twice a second; its servers are asked once in a while.
    faster: transport === "opportunistic" ? 1 : faster,
  };
  const { cpuMs, looks } = await run(order);
  if (transport === "none") {
    base = cpuMs;
    continue;
  }
  const anHour = 3600 / seconds / order.faster;
  const count = transport === "opportunistic" ? "" : `, ${Math.round(looks * anHour)} looks`;
  const cost = Math.max(0, cpuMs - base) / 1000;
  figure(`idle an hour, ${transport}`, `${(cost * anHour).toFixed(2)} s of CPU${count}`);
}

async function run(order: IdleOrder): Promise<{ readonly cpuMs: number; readonly looks: number }> {
  const program = [join(import.meta.dirname, "idle/worker.ts"), JSON.stringify(order)];
  const child = spawn(process.execPath, program, { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (piece) => (text += String(piece)));
  await once(child, "close");
  return JSON.parse(text) as { cpuMs: number; looks: number };
}
