/**
 * A product that keeps itself up to date: `mimetype`, a small command-line program, embeds Outrider's agent and is
 * updated twice while it runs, once by mail and once by a share. Each update comes twice and is installed once.
 *
 * Exits 0 only if every claim held.
 */
import { copyFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { openHouse, type House } from "../support/house.ts";
import { say } from "../support/report.ts";
import { awaitReceipt, makeTrigger, postTrigger, until } from "../support/rollout.ts";
import { openStage } from "../support/stage.ts";
import { createVendor, type Vendor } from "../support/vendor.ts";
import { installProduct, type InstalledProduct } from "./machine.ts";
import { productName, releaseProduct } from "./product.ts";

const agentId = "desk-1";
const group = "desks";
const address = `${agentId}@hall.test`;

const { folder, claim, onEnd, play } = await openStage("updater");
await play(demonstrate);

async function demonstrate(): Promise<void> {
  const vendor = await createVendor(productName);
  const house = await openHouse(folder, vendor);
  onEnd(() => house.close());
  const maildir = await house.mail.createMailbox(address);
  const product = await installProduct(join(folder, "home"), {
    version: "1.0.0",
    trust: vendor.trust,
    settings: { id: agentId, groups: [group], maildir, share: house.share, pollMs: 50 },
  });
  onEnd(() => product.stop());
  await product.heard("mimetype 1.0.0 runs.");
  await product.ask("scene.fbx", "application/octet-stream");
  say("mimetype 1.0.0 runs; it does not know what scene.fbx is.");

  const registration = await product.registration();
  await house.register([{ ...registration, addresses: { email: address } }]);
  const first = await publish(vendor, house, "1.1.0");
  const byMail = await push(vendor, house, first, "attach");
  await product.heard("mimetype 1.1.0 runs.");
  await product.ask("scene.fbx", "application/vnd.autodesk.fbx");
  say("1.1.0 came by mail and replaced the running program, which now knows it.");

  await deliverTwice(maildir);
  await house.register([{ ...registration, addresses: { unc: true } }]);
  const second = await publish(vendor, house, "1.2.0");
  const byShare = await push(vendor, house, second, "offer");
  await product.heard("mimetype 1.2.0 runs.");
  say("The mail came once more, to no effect; 1.2.0 came by the share.");

  await house.register([{ ...registration, addresses: { email: address } }]);
  const again = await push(vendor, house, second, "attach");
  await until("reading of all mail", async () => {
    const unread = await readdir(join(maildir, "new"));
    return unread.length === 0 ? true : undefined;
  });
  say("1.2.0 came by mail too, to no effect.");

  claim(byMail.transport === "email" && byMail.obtainer === "attached", "1.1.0 comes by mail");
  claim(byShare.transport === "unc" && byShare.obtainer === "unc", "1.2.0 comes by the share");
  claim(
    again.outcome === "installed" && again.obtainer === undefined,
    "1.2.0 by mail is known as installed: nothing is obtained or installed again",
  );
  await examine(product);
}

async function examine(product: InstalledProduct): Promise<void> {
  const starts = product.lines().filter((line) => line.endsWith(" runs."));
  claim(
    starts.join() === "mimetype 1.0.0 runs.,mimetype 1.1.0 runs.,mimetype 1.2.0 runs.",
    `each version starts once, not: ${starts.join(" ")}`,
  );
  claim((await product.stop()) === 0, "the product ends with 0 when it is told to");
  const version = await product.run("--version");
  claim(version === "1.2.0", `a new start runs 1.2.0, not ${version}`);
  const answer = await product.run("scene.fbx");
  claim(answer === "scene.fbx: application/vnd.autodesk.fbx", `not: ${answer}`);
}

/** As a mail system does that is not sure whether it delivered. */
async function deliverTwice(maildir: string): Promise<void> {
  const mail = await until(
    "the mail in cur/",
    async () => (await readdir(join(maildir, "cur")))[0],
  );
  await copyFile(join(maildir, "cur", mail), join(maildir, "new", "delivered-twice"));
}

type Published = Awaited<ReturnType<House["host"]["publish"]>>;

async function publish(vendor: Vendor, house: House, version: string): Promise<Published> {
  const { directory } = await releaseProduct(vendor, version, folder);
  return house.host.publish(directory, { trust: house.trust, now: new Date() });
}

async function push(
  vendor: Vendor,
  house: House,
  published: Published,
  delivery: "attach" | "offer",
): ReturnType<typeof awaitReceipt> {
  const trigger = await makeTrigger(vendor, published, group, delivery);
  const { outcome, message = "", deployment } = await postTrigger(house, trigger);
  if (deployment === undefined) throw new Error(`the trigger was ${outcome}: ${message}`);
  return awaitReceipt(house, agentId, deployment);
}
