/**
 * A cable in network namespaces: plugged in, pulled out, plugged in again, with other addresses, with IPv6 only, and a
 * carrier that comes and goes. What was published meanwhile is installed every time; three wires a way, side by side,
 * make 51 cycles each.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { canWire, type Addressing, type Wire } from "../servers/wire.ts";
import { verifies } from "../support/verifies.ts";
import type { NearAgentLine } from "./agent.ts";
import { nearSite, type NearSite } from "./site.ts";

const [wiresAWay, cyclesAWire] = [3, 17];
const plain: Addressing = [["10.77.0.1/24"], ["10.77.0.2/24"]];
let site: NearSite;
beforeAll(async () => {
  site = await nearSite(cyclesAWire);
});
afterAll(async () => site[Symbol.asyncDispose]());

interface Way {
  readonly name: string;
  link(wire: Wire, cycle: number): Promise<void>;
  unlink(wire: Wire, cycle: number): Promise<void>;
}
const unplug = (wire: Wire): Promise<void> => wire.unplug();
const ways: readonly Way[] = [
  { name: "a cable is plugged in", link: (wire) => wire.plug(plain), unlink: unplug },
  {
    name: "it comes with other addresses",
    link: (wire, cycle) => wire.plug([[`10.78.${cycle}.1/24`], [`10.78.${cycle}.2/24`]]),
    unlink: unplug,
  },
  {
    name: "only IPv6 is spoken",
    link: (wire) => wire.plug([["fd00:77::1/64"], ["fd00:77::2/64"]]),
    unlink: unplug,
  },
  {
    name: "the carrier comes back",
    link: (wire, cycle) => (cycle === 0 ? wire.plug(plain) : wire.carrier("up")),
    unlink: (wire, cycle) => (cycle === 0 ? wire.unplug() : wire.carrier("down")),
  },
];

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** From the link to the running version, cycle by cycle; a miss ends it. */
async function cycles(way: Way): Promise<number[]> {
  await using wire = await site.wire();
  const times: number[] = [];
  for (const [version, catalog] of site.catalogs) {
    const cycle = times.length;
    await way.unlink(wire, cycle);
    wire.hosts[0].tell(catalog);
    await wait(100 + 40 * cycle); // sometimes too short for both ends to see that it was out
    const since = Date.now();
    await way.link(wire, cycle);
    const { at } = await wire.hosts[1].until<NearAgentLine>(
      ({ installed }) => installed === version,
    );
    times.push(at - since);
  }
  return times;
}

test.concurrent.each(ways)(
  "$name: what was published meanwhile runs within 3 s of the link (median), none is missed",
  { timeout: 240_000 },
  async (way) => {
    verifies("transport-opportunistic", "claims-14-16");
    if (!canWire()) return;
    const times = await Promise.all(Array.from({ length: wiresAWay }, () => cycles(way)));
    const sorted = times.flat().toSorted((a, b) => a - b);
    expect(sorted).toHaveLength(wiresAWay * cyclesAWire);
    expect(sorted[sorted.length >> 1]).toBeLessThan(3000);
  },
);

test.concurrent("while the link is there, news is told without being asked for", async () => {
  verifies("transport-opportunistic");
  if (!canWire()) return;
  await using wire = await site.wire({ segments: ["wire0"] });
  await wire.plug(plain);
  for (const [version, catalog] of [...site.catalogs].slice(0, 3)) {
    wire.hosts[0].tell(catalog);
    await wire.hosts[1].until<NearAgentLine>(({ installed }) => installed === version);
  }
});

test.concurrent("only designated segments are listened to", async () => {
  verifies("claims-14-16");
  if (!canWire()) return;
  await using elsewhere = await site.wire({ segments: ["other0", "10.99.0.0/16"] });
  await using here = await site.wire({ segments: ["10.77.0.0/16"] });
  const [[version, catalog] = ["", ""]] = site.catalogs;
  for (const wire of [elsewhere, here]) {
    wire.hosts[0].tell(catalog);
    await wire.plug(plain);
  }
  await here.hosts[1].until<NearAgentLine>(({ installed }) => installed === version);
  expect(elsewhere.hosts[1].lines).toEqual(["ready"]);
});
