/** Others on the wire: avahi as a foreign peer, both ways, and two servers on one segment. */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { canWire, type Addressing, type WiredHost } from "../servers/wire.ts";
import { outsideTool } from "../support/tools.ts";
import { verifies } from "../support/verifies.ts";
import type { NearAgentLine } from "./agent.ts";
import { nearSite, type NearSite } from "./site.ts";

const plain: Addressing = [["10.77.0.1/24"], ["10.77.0.2/24"]];
let site: NearSite;
beforeAll(async () => {
  site = await nearSite(2);
});
afterAll(async () => site[Symbol.asyncDispose]());

function hasAvahi(): boolean {
  const tools = ["avahi-daemon", "avahi-browse", "avahi-publish", "dbus-daemon"];
  return canWire() && tools.every((name) => outsideTool(name) !== undefined);
}

interface Browsed {
  readonly browsed: string;
}

/** Asks until what avahi sees fits. */
async function browse(host: WiredHost, fits: (seen: string) => boolean): Promise<string> {
  for (let round = 1; ; round++) {
    host.tell("browse");
    const rounds = (): Browsed[] =>
      host.lines.filter(
        (line): line is Browsed => typeof line === "object" && line !== null && "browsed" in line,
      );
    await host.until(() => rounds().length >= round);
    const seen = rounds()[round - 1]?.browsed ?? "";
    if (fits(seen) && !seen.startsWith("Error:")) return seen; // it may not have answered in time
    if (round > 40) throw new Error(`avahi does not see it: ${seen}`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

test.concurrent("avahi finds our server, where it is, and nothing of what it has", async () => {
  verifies("transport-opportunistic");
  if (!hasAvahi()) return;
  await using wire = await site.join("server", "avahi");
  const [server, avahi] = wire.hosts;
  server.tell([...site.catalogs.values()][0] ?? "");
  await wire.plug(plain);
  const seen = await browse(avahi, (text) => /^=;wire0;IPv4;/m.test(text));
  expect(seen).toMatch(
    /^=;wire0;IPv4;outrider-[0-9a-f]{12};_outrider\._tcp;local;outrider-[0-9a-f]{12}\.local;10\.77\.0\.1;\d+;"state=[0-9a-f]{32}" "path=\/"$/m,
  );
  expect(seen).not.toMatch(/demo-app|1\.0\.\d/);
  await wire.end(0);
  expect(await browse(avahi, (text) => !text.includes("outrider-"))).not.toContain("outrider-");
});

test.concurrent("what avahi announces is found, fetched and installed", async () => {
  verifies("transport-opportunistic", "claims-14-16");
  if (!hasAvahi()) return;
  await using wire = await site.join("avahi", "agent");
  const [avahi, agent] = wire.hosts;
  avahi.tell(`publish ${await site.tree("1.0.1")}`);
  await wire.plug(plain);
  await agent.until<NearAgentLine>(({ installed }) => installed === "1.0.1");
});

test.concurrent("two servers on one segment: one that has the catalog alone does not keep the other's archive away", async () => {
  verifies("transport-opportunistic");
  if (!canWire()) return;
  const [bare, full] = [await site.tree(), await site.tree()];
  await rm(join(bare, "packages"), { recursive: true });
  await using wire = await site.join("server", "agent", bare, full);
  const [server, agent] = wire.hosts;
  server.tell(site.catalogs.get("1.0.1") ?? "");
  await wire.plug(plain);
  await agent.until<NearAgentLine>(({ installed }) => installed === "1.0.1");
});
