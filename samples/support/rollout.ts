/** One push: a signed trigger over HTTP, then waiting until every agent's receipt has come home. */
import { setTimeout as sleep } from "node:timers/promises";
import type { PublishedPackage } from "@outrider/sdk/host";
import { systemClock } from "@outrider/sdk/ports";
import type { Delivery, Receipt } from "@outrider/sdk/schema";
import { createTrigger } from "@outrider/sdk/trigger";
import type { House } from "./house.ts";
import type { Vendor } from "./vendor.ts";

/** The server's answer. */
export interface Answer {
  readonly outcome: "accepted" | "ignored" | "refused";
  readonly code?: string;
  readonly message?: string;
  readonly deployment?: string;
}

/** Makes and signs a trigger, bound to the package's contents. */
export async function makeTrigger(
  vendor: Vendor,
  published: PublishedPackage,
  group: string,
  delivery: Delivery,
): Promise<Uint8Array> {
  const { name, version } = published.manifest;
  return createTrigger({
    package: { name, version, manifest: published.manifestSha256 },
    contentsSha512: published.contentsSha512,
    audience: { groups: [group] },
    delivery,
    event: { kind: "manual", detail: "The sample shows the main job." },
    keys: [vendor.push.key],
    clock: systemClock,
  });
}

/** Sends a trigger as any client would. */
export async function postTrigger(house: House, trigger: Uint8Array): Promise<Answer> {
  const response = await fetch(new URL("triggers", house.url), {
    method: "POST",
    body: Buffer.from(trigger),
  });
  return (await response.json()) as Answer;
}

/** The verified receipt of one agent for one deployment; waits for it. */
export async function awaitReceipt(
  house: House,
  agent: string,
  deployment: string,
): Promise<Receipt> {
  return until(`the receipt of ${agent}`, () => {
    for (const event of house.events) {
      if (event.event !== "receipt" || event.agent !== agent || event.deployment !== deployment)
        continue;
      const receipt = JSON.parse(event.receipt) as Receipt;
      if (receipt.outcome !== "received") return receipt;
    }
    return undefined;
  });
}

/** Looks until something is there; two minutes are enough for anything in these samples, on any machine. */
export async function until<T>(
  what: string,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const deadline = performance.now() + 120_000;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > deadline) throw new Error(`${what} did not come within two minutes`);
    await sleep(20);
  }
}
