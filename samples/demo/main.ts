/**
 * The main job, end to end, on real data: two successive releases of a data set from the npm registry reach three
 * machines by mail, by mail and HTTP, and by a share. Then everything an attacker might try is refused.
 *
 * `--store postgres` keeps the server's state in the empty database that OUTRIDER_POSTGRES_URL names.
 * `--keep` leaves the folder for looking around. Exits 0 only if every claim held.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { PublishedPackage } from "@outrider/sdk/host";
import type { Delivery, Receipt } from "@outrider/sdk/schema";
import { dataSet, releaseDataSet } from "../support/data-set.ts";
import { openHouse, type House } from "../support/house.ts";
import { say, table } from "../support/report.ts";
import { awaitReceipt, makeTrigger, postTrigger } from "../support/rollout.ts";
import { openStage } from "../support/stage.ts";
import { createVendor, type Vendor } from "../support/vendor.ts";
import { pressByMail, shipByShare, wardByMail, type Machine, type Surroundings } from "./fleet.ts";
import { tryAlteredMail, tryTriggers } from "./refusals.ts";

const { values } = parseArgs({
  options: {
    keep: { type: "boolean", default: false },
    store: { type: "string", default: "sqlite" },
  },
});
const connectionString = readStore(values.store);
const { folder, claim, onEnd, play } = await openStage("demo", values.keep);
await play(demonstrate);

function readStore(store: string): string | undefined {
  if (store === "sqlite") return undefined;
  const { OUTRIDER_POSTGRES_URL: url } = process.env;
  if (store === "postgres" && url !== undefined) return url;
  say("Say --store sqlite, or --store postgres with an empty database in OUTRIDER_POSTGRES_URL.");
  return process.exit(2);
}

async function demonstrate(): Promise<void> {
  say("Making keys for root, release, push and server, and a trust document.");
  const vendor = await createVendor(dataSet);
  const [old, latest] = await Promise.all([
    releaseDataSet(vendor, "mime-db-old", folder),
    releaseDataSet(vendor, "mime-db-new", folder),
  ]);
  say(
    `Built and signed ${dataSet} ${old.version} and ${latest.version} (${kilobytes(latest.payloadBytes)} of real data).`,
  );

  const house = await openHouse(folder, vendor, connectionString);
  onEnd(() => house.close());
  const publish = (directory: string): Promise<PublishedPackage> =>
    house.host.publish(directory, { trust: house.trust, now: new Date() });
  const releases = { old: await publish(old.directory), new: await publish(latest.directory) };
  say(`Server at ${house.url}, SMTP on port ${house.mail.port}; both releases published.`);

  const surroundings: Surroundings = {
    folder,
    trust: vendor.trust,
    serverUrl: house.url,
    share: house.share,
    createMailbox: house.mail.createMailbox,
  };
  const machines = [
    await pressByMail(surroundings, "press-1"),
    await wardByMail(surroundings),
    await shipByShare(surroundings),
  ];
  for (const machine of machines) onEnd(() => machine.close());
  await house.register(machines.map(({ registration }) => registration));
  say("Three agents listen: press-1 and ward-2 to their Maildirs, ship-3 to a share.");

  await pushToAll(house, vendor, releases.old);
  say(`${old.version} is on all three. Now the update.`);
  const update = await pushToAll(house, vendor, releases.new);
  await showUpdate(update, machines, latest.version);

  say("Now what an attacker would try:");
  const attempts = await tryTriggers(
    house,
    vendor,
    releases,
    update.triggers[0] ?? new Uint8Array(),
  );
  const altered = await tryAlteredMail(surroundings, house.mail, "press-1");
  onEnd(() => altered.machine.close());
  attempts.push(altered.attempt);
  console.log(
    `\n${table(
      ["attempt", "refused by", "code"],
      attempts.map(({ attempt, refusedBy, code }) => [attempt, refusedBy, code]),
    )}\n`,
  );
  for (const { attempt, code, expected } of attempts)
    claim(code === expected, `${attempt} should be refused with ${expected}, got ${code}`);
  const { installed } = await altered.machine.agent.status();
  claim(
    Object.keys(installed).length === 0,
    "the machine with the altered mail must have installed nothing",
  );
}

interface Pushed {
  readonly triggers: Uint8Array[];
  readonly receipts: Receipt[];
}

/** One trigger per way of delivery; all three run at once. */
async function pushToAll(
  house: House,
  vendor: Vendor,
  published: PublishedPackage,
): Promise<Pushed> {
  const audiences: readonly [agent: string, group: string, delivery: Delivery][] = [
    ["press-1", "hall", "attach"],
    ["ward-2", "ward", "offer"],
    ["ship-3", "ship", "offer"],
  ];
  const triggers: Uint8Array[] = [];
  const receipts = await Promise.all(
    audiences.map(async ([agent, group, delivery], at) => {
      const trigger = await makeTrigger(vendor, published, group, delivery);
      triggers[at] = trigger;
      const answer = await postTrigger(house, trigger);
      if (answer.deployment === undefined)
        throw new Error(`the trigger for ${group} was ${answer.outcome}: ${answer.message ?? ""}`);
      return awaitReceipt(house, agent, answer.deployment);
    }),
  );
  return { triggers, receipts };
}

async function showUpdate(
  { receipts }: Pushed,
  machines: readonly Machine[],
  version: string,
): Promise<void> {
  const rows = receipts.map((receipt) => [
    receipt.agent,
    receipt.transport ?? "",
    receipt.obtainer ?? "",
    String(receipt.bytes ?? ""),
    String(receipt.durationMs ?? ""),
    `${receipt.before ?? "none"} → ${receipt.installed[dataSet] ?? "none"}`,
    receipt.outcome === "installed" ? "yes" : `${receipt.outcome} ${receipt.code ?? ""}`,
  ]);
  console.log(
    `\n${table(["agent", "transport", "obtained by", "bytes", "ms", "version", "receipt verified"], rows)}\n`,
  );
  const expected = [
    ["press-1", "email", "attached"],
    ["ward-2", "email", "http"],
    ["ship-3", "unc", "unc"],
  ];
  for (const [at, [agent, transport, obtainer]] of expected.entries()) {
    const receipt = receipts[at];
    claim(
      receipt?.agent === agent &&
        receipt?.transport === transport &&
        receipt?.obtainer === obtainer &&
        receipt?.outcome === "installed",
      `${agent} should be updated by ${transport}, obtained by ${obtainer}`,
    );
  }
  for (const { installDirectory } of machines) {
    const installed = await readFile(join(installDirectory, dataSet, "current", "db.json"));
    const wanted = await readFile(join(folder, "mime-db-new", "db.json"));
    claim(
      installed.equals(wanted),
      `${installDirectory} should hold exactly the files of ${version}`,
    );
  }
}

function kilobytes(bytes: number): string {
  return `${Math.round(bytes / 1000)} kB`;
}
