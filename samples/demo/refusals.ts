/** What an attacker would try, and what becomes of it. */
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PublishedPackage } from "@outrider/sdk/host";
import type { House } from "../support/house.ts";
import type { MailServer } from "../support/mail-server.ts";
import { makeTrigger, postTrigger, until } from "../support/rollout.ts";
import type { Vendor } from "../support/vendor.ts";
import { pressByMail, type Machine, type Surroundings } from "./fleet.ts";

/** One attempt. */
export interface Attempt {
  readonly attempt: string;
  readonly refusedBy: "server" | "agent";
  readonly code: string;
  readonly expected: string;
}

/** Triggers that are not what they seem. */
export async function tryTriggers(
  house: House,
  vendor: Vendor,
  releases: { readonly old: PublishedPackage; readonly new: PublishedPackage },
  accepted: Uint8Array,
): Promise<Attempt[]> {
  const tampered = Buffer.from(
    Buffer.from(accepted).toString().replace("The sample shows", "The sample hides"),
  );
  // Signed by the right key, for the new release, but bound to the contents of the old one.
  const mixed = await makeTrigger(
    vendor,
    { ...releases.new, contentsSha512: releases.old.contentsSha512 },
    "hall",
    "attach",
  );
  const attempts: readonly [string, Uint8Array, string][] = [
    ["a trigger with one word changed", tampered, "SIGNATURE_INVALID"],
    ["a trigger bound to another package", mixed, "BINDING_MISMATCH"],
    ["a trigger sent a second time", accepted, "REPLAYED"],
  ];
  const results: Attempt[] = [];
  for (const [attempt, bytes, expected] of attempts) {
    const { outcome, code = outcome } = await postTrigger(house, bytes);
    results.push({ attempt, refusedBy: "server", code, expected });
  }
  return results;
}

/** A true notification whose attached archive somebody on the way has changed. */
export async function tryAlteredMail(
  surroundings: Surroundings,
  mail: MailServer,
  victim: string,
): Promise<{ attempt: Attempt; machine: Machine }> {
  const sent = mail.maildirOf(`${victim}@hall.test`);
  const [name = ""] = (await readdir(join(sent, "cur"))).toSorted().slice(-1);
  const altered = alterAttachment(await readFile(join(sent, "cur", name), "latin1"));
  const inbox = await mail.createMailbox("press-4@hall.test");
  await writeFile(join(inbox, "tmp", "altered"), altered, "latin1");
  await copyFile(join(inbox, "tmp", "altered"), join(inbox, "new", "altered"));
  const machine = await pressByMail(surroundings, "press-4");
  const refusal = await until("the agent's refusal", () =>
    machine.events.find(
      (event) =>
        event.type === "finished" || event.type === "refused" || event.type === "postponed",
    ),
  );
  const code = "code" in refusal ? (refusal.code ?? "none") : "none";
  return {
    machine,
    attempt: {
      attempt: "a mail whose archive was changed",
      refusedBy: "agent",
      code,
      expected: "PACKAGE_DIGEST",
    },
  };
}

/** Changes one letter in the middle of the base64 of the package's part. */
function alterAttachment(mail: string): string {
  const body =
    mail.indexOf("\n\n", mail.indexOf("application/vnd.outrider.package")) + 1 ||
    mail.indexOf("\r\n\r\n", mail.indexOf("application/vnd.outrider.package"));
  const at = body + 4000;
  const letter = mail[at] === "A" ? "B" : "A";
  return mail.slice(0, at) + letter + mail.slice(at + 1);
}
