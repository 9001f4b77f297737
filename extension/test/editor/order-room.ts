/**
 * A vendor whose package is signed and published, so that there is only pushing left: two ships on a share, of which one
 * is at sea, a server behind a line that can be held, and a push key whose file is locked. Made by commands alone.
 */
import { cp } from "node:fs/promises";
import { makeAgent, makeServer } from "../../../sdk/test/cli/support/fleet.ts";
import { makeKey, makePackage } from "../../../sdk/test/cli/support/vendor.ts";
import { Workshop } from "../../../sdk/test/cli/support/workshop.ts";
import { startHeldServer, type HeldServer } from "./held-server.ts";

/** What opens the file of Bea's key. */
export const lockedBy = "battery staple";

/** The room. */
export interface OrderRoom {
  readonly workshop: Workshop;
  /** Absolute: the folder to open. */
  readonly workspace: string;
  /** Absolute: Ada's key, which is open. */
  readonly adaKey: string;
  /** Absolute: Bea's key, which is locked. */
  readonly beaKey: string;
  readonly line: HeldServer;
  /** Lets the second ship hear of things. */
  startSecondShip(): Promise<void>;
  close(): Promise<void>;
}

const shipOf = (workshop: Workshop, id: string, addresses: Parameters<typeof makeAgent>[2]) =>
  makeAgent(workshop, id, addresses, {
    receivers: [{ kind: "unc", root: "share", pollSeconds: 1 }],
    obtain: { unc: { roots: ["share"] } },
    receipts: [{ kind: "unc", root: "share" }],
  });

/** Makes it; the server and the first ship's agent run. */
export async function openOrderRoom(): Promise<OrderRoom> {
  const workshop = await Workshop.open();
  await workshop.write("passphrase.txt", `${lockedBy}\n`);
  const [root, server, ada, bea] = [
    await makeKey(workshop, "root"),
    await makeKey(workshop, "server"),
    await makeKey(workshop, "ada"),
    await makeKey(workshop, "bea", "--passphrase-file", "passphrase.txt"),
  ];
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", server.publicKey);
  const release = ["--role", "release", "--package", "press-*"];
  await workshop.done("trust", "add-key", ada.publicKey, ...release);
  const push = ["--role", "push", "--group", "*"];
  await workshop.done("trust", "add-key", ada.publicKey, bea.publicKey, ...push);
  await workshop.done("trust", "sign", "--key", root.secretKey);
  const built = await makePackage(workshop);
  await workshop.done("sign", built, "--key", ada.secretKey);
  await workshop.write("share/README.txt", "The share of the ships.");
  const first = await shipOf(workshop, "ship-1", { unc: true });
  const second = await shipOf(workshop, "ship-2", { unc: true, http: true });
  const agents = [first, { ...second, groups: ["docks"] }];
  await makeServer(workshop, server, { transports: { unc: { root: "share" } }, agents });
  await workshop.done("publish", built);
  const url = await workshop.start("serve").says(/^http:\S+$/m);
  await workshop.start("agent", "run", "ship-1.json").says("Agent ship-1 (ships) listens.");
  await makeWorkspace(workshop);
  const line = await startHeldServer(url);
  return {
    workshop,
    workspace: workshop.path("room"),
    adaKey: workshop.path(ada.secretKey),
    beaKey: workshop.path(bea.secretKey),
    line,
    async startSecondShip() {
      await workshop.start("agent", "run", "ship-2.json").says("Agent ship-2 (ships) listens.");
    },
    async close() {
      await line[Symbol.asyncDispose]();
      await workshop.close();
    },
  };
}

async function makeWorkspace(workshop: Workshop): Promise<void> {
  for (const name of ["dist", "outrider.json", "payload", "trust.json", "trust.json.asc"])
    await cp(workshop.path(name), workshop.path("room", name), { recursive: true });
  const order = (group: string, rollout: object): string =>
    `${JSON.stringify({ package: "press-control", audience: { groups: [group] }, rollout }, null, 2)}\n`;
  await workshop.write("room/ships.push.json", order("ships", {}));
  await workshop.write(
    "room/night.push.json",
    order("ships", {
      waves: [{ share: 50 }, { share: 100 }],
      windows: [{ days: ["sat", "sun"], from: "22:00", to: "04:00", timeZone: "Europe/Berlin" }],
    }),
  );
  await workshop.write("room/sea.push.json", order("docks", {}));
  // Nobody there answers: that is known after a second.
  await workshop.write(
    "room/docks.push.json",
    order("docks", { waves: [{ share: 100, deadlineSeconds: 1 }] }),
  );
}
