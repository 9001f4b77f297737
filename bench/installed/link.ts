/** On a local network, from the cable that is plugged in (in network namespaces), against the 3 s that it may take. */
import type { NearAgentLine } from "../../sdk/test/near/agent.ts";
import { nearSite } from "../../sdk/test/near/site.ts";
import { canWire } from "../../sdk/test/servers/wire.ts";
import { compare, missing, type Round } from "../table/row.ts";

const limitMs = 3000;

/** Measures it. */
export async function byLink(pushes: number): Promise<void> {
  if (!canWire()) return missing("installed by link: network namespaces, or root, not here");
  await using site = await nearSite(pushes);
  await using wire = await site.wire();
  const seen: Round[] = [];
  const ran: Round[] = [];
  for (const [version, catalog] of site.catalogs) {
    await wire.unplug();
    wire.hosts[0].tell(catalog);
    await new Promise((resolve) => setTimeout(resolve, 700));
    const since = Date.now();
    await wire.plug([["10.77.0.1/24"], ["10.77.0.2/24"]]);
    const [, host] = wire.hosts;
    const took = await host.until<NearAgentLine>(({ saw }) => saw === version, 30_000);
    const done = await host.until<NearAgentLine>(({ installed }) => installed === version, 30_000);
    seen.push({ ours: took.at - since, theirs: limitMs });
    ran.push({ ours: done.at - since, theirs: limitMs });
  }
  const limit = { unit: "ms", peer: `limit of ${limitMs / 1000} s`, aim: { atMost: 1 } } as const;
  compare({ what: "cable plugged in → archive here", ...limit }, seen);
  compare({ what: "cable plugged in → installed", ...limit }, ran);
}
