import type { NearAgentLine } from "../../sdk/test/near/agent.ts";
import { nearSite } from "../../sdk/test/near/site.ts";
/** From a cable that is plugged in to the archive that is here, and to the version that runs; in network namespaces. */
import { canWire } from "../../sdk/test/servers/wire.ts";
import { median, say } from "./table.ts";

const cycles = 20;

/** Measures it. */
export async function link(): Promise<void> {
  if (!canWire()) return;
  await using site = await nearSite(cycles);
  await using wire = await site.wire();
  const seen: number[] = [];
  const ran: number[] = [];
  for (const [version, catalog] of site.catalogs) {
    await wire.unplug();
    wire.hosts[0].tell(catalog);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const since = Date.now();
    await wire.plug([["10.77.0.1/24"], ["10.77.0.2/24"]]);
    const [, host] = wire.hosts;
    const took = await host.until<NearAgentLine>(({ saw }) => saw === version, 30_000);
    const done = await host.until<NearAgentLine>(({ installed }) => installed === version, 30_000);
    seen.push(took.at - since);
    ran.push(done.at - since);
  }
  say(["link, median (longest)", "offer taken, archive here", "new version runs", "cycles"]);
  const figure = (times: readonly number[]): string =>
    `${median(times)} (${Math.max(...times)}) ms`;
  say(["", figure(seen), figure(ran), `${cycles}`]);
}
