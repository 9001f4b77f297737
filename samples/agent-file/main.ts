/**
 * The agent as one file, without the SDK beside it: two machines run it under a service manager, one by mail, one (the
 * file without mail) by a share; a third has it started by its mail system for one message. Two releases reach them.
 *
 * Exits 0 only if every claim held.
 */
import { readdir, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { Delivery, Receipt } from "@outrider/sdk/schema";
import { dataSet, findDataSet, releaseDataSet } from "../support/data-set.ts";
import { openHouse, type House } from "../support/house.ts";
import { say } from "../support/report.ts";
import { awaitReceipt, makeTrigger, postTrigger, until } from "../support/rollout.ts";
import { openStage } from "../support/stage.ts";
import { createVendor, type Vendor } from "../support/vendor.ts";
import { installAgent, type AgentInstallation } from "./machine.ts";

type Published = Awaited<ReturnType<House["host"]["publish"]>>;

const { folder, claim, onEnd, play } = await openStage("agent-file");
await play(demonstrate);

async function demonstrate(): Promise<void> {
  const vendor = await createVendor(dataSet);
  const house = await openHouse(folder, vendor);
  onEnd(() => house.close());
  const addresses = { press: "press-1@hall.test", dormant: "dormant-3@hall.test" };
  const receipts = [{ kind: "http" as const, url: house.url }];
  const press = await installAgent(join(folder, "press-1"), "outrider-agent.mjs", vendor.trust, {
    id: "press-1",
    groups: ["hall"],
    receivers: [
      {
        kind: "maildir",
        path: await house.mail.createMailbox(addresses.press),
        pollSeconds: 1,
      },
    ],
    receipts,
  });
  const ship = await installAgent(join(folder, "ship-2"), "outrider-agent-lite.mjs", vendor.trust, {
    id: "ship-2",
    groups: ["ship"],
    receivers: [{ kind: "unc", root: house.share, pollSeconds: 1 }],
    obtain: { unc: { roots: [house.share] } },
    receipts: [{ kind: "unc", root: house.share }],
  });
  const dormantMail = await house.mail.createMailbox(addresses.dormant);
  const dormant = await installAgent(
    join(folder, "dormant-3"),
    "outrider-agent.mjs",
    vendor.trust,
    {
      id: "dormant-3",
      groups: ["dormant"],
      receivers: [{ kind: "maildir", path: dormantMail }],
      receipts,
    },
  );
  await house.register([
    { ...(await press.registration()), addresses: { email: addresses.press } },
    { ...(await ship.registration()), addresses: { unc: true } },
    { ...(await dormant.registration()), addresses: { email: addresses.dormant } },
  ]);
  const running = [press.start(), ship.start()];
  onEnd(() => Promise.all(running.map((agent) => agent.stop())));
  say("Two agents listen; the third sleeps until its mail system starts it.");

  for (const which of ["mime-db-old", "mime-db-new"] as const) {
    const { directory, version } = await releaseDataSet(vendor, which, folder);
    const published = await house.host.publish(directory, {
      trust: house.trust,
      now: new Date(),
    });
    const [byMail, byShare] = await Promise.all([
      push(vendor, house, published, { agent: "press-1", group: "hall", delivery: "attach" }),
      push(vendor, house, published, { agent: "ship-2", group: "ship", delivery: "offer" }),
      push(
        vendor,
        house,
        published,
        { agent: "dormant-3", group: "dormant", delivery: "attach" },
        () => wake(dormant, dormantMail),
      ),
    ]);
    claim(byMail.transport === "email" && byMail.obtainer === "attached", "press-1 by mail");
    claim(byShare.transport === "unc" && byShare.obtainer === "unc", "ship-2 by the share");
    for (const machine of [press, ship, dormant]) await examine(machine, which);
    say(`${dataSet} ${version} is on all three.`);
  }
  const codes = await Promise.all(running.map((agent) => agent.stop()));
  claim(codes.join() === "0,0", `SIGTERM ends both agents with 0, not ${codes.join()}`);
  const mail = (await readdir(join(dormantMail, "cur"))).toSorted().at(-1) ?? "";
  const again = await dormant.receive(await readFile(join(dormantMail, "cur", mail)));
  claim(again.outcome === "handled", `the last mail once more is known, not ${again.outcome}`);
  await examine(dormant, "mime-db-new");
}

/** As Postfix's pipe or procmail does: a new mail on standard input. */
async function wake(machine: AgentInstallation, maildir: string): Promise<void> {
  const name = await until("the mail", async () => (await readdir(join(maildir, "new")))[0]);
  await machine.receive(await readFile(join(maildir, "new", name)));
  await rename(join(maildir, "new", name), join(maildir, "cur", name));
}

async function examine(
  machine: AgentInstallation,
  which: "mime-db-old" | "mime-db-new",
): Promise<void> {
  const installed = await readFile(join(machine.installDirectory, dataSet, "current", "db.json"));
  const { folder: data } = await findDataSet(which);
  claim(
    installed.equals(await readFile(join(data, "db.json"))),
    `${machine.id} should hold the file of ${which}`,
  );
}

async function push(
  vendor: Vendor,
  house: House,
  published: Published,
  to: { readonly agent: string; readonly group: string; readonly delivery: Delivery },
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<Receipt> {
  const trigger = await makeTrigger(vendor, published, to.group, to.delivery);
  const { outcome, message = "", deployment } = await postTrigger(house, trigger);
  if (deployment === undefined) throw new Error(`the trigger was ${outcome}: ${message}`);
  await meanwhile();
  return awaitReceipt(house, to.agent, deployment);
}
