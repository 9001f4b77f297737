/** A package that is offered, not attached: each agent obtains it in the way that it is equipped for. */
import { expect, test } from "vitest";
import type { RegisteredAgent } from "../../src/schema/index.ts";
import { startMailServer } from "../support/mail.ts";
import { verifies } from "../support/verifies.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import { makeVendor, packageFolder } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const installed = /finished +name=press-control version=3\.0\.0 outcome=installed/;

test("told by mail, one agent fetches by HTTP, one takes it from the share", async () => {
  verifies("claim-1", "notify", "transport-email", "step-87", "step-88", "step-89", "step-91");
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const mail = await startMailServer({ maildirs: workshop.path("mail") });
  try {
    const obtain = {
      online: { http: { hosts: ["127.0.0.1"], allowLoopback: true } },
      offline: { unc: { roots: ["share"] } },
    };
    const agents: RegisteredAgent[] = [];
    for (const id of ["online", "offline"] as const) {
      for (const folder of ["new", "cur", "tmp"])
        await workshop.write(`mail/${id}/${folder}/.keep`, "");
      const receivers = [{ kind: "maildir" as const, path: `mail/${id}`, pollSeconds: 1 }];
      const config = { receivers, obtain: obtain[id] };
      agents.push(await makeAgent(workshop, id, { email: `${id}@hall.test` }, config));
    }
    await workshop.write("share/README.txt", "The share of the ships.");
    // A third reads the share, so that the server lays it out.
    agents.push({ id: "reader", groups: ["ships"], addresses: { unc: true } });
    const relays = [{ host: "127.0.0.1", port: mail.port, tls: "none" as const }];
    await makeServer(workshop, keys.server, {
      transports: { email: { from: "updates@vendor.test", relays }, unc: { root: "share" } },
      agents,
    });
    await workshop.done("publish", packageFolder);
    const url = await workshop.start("serve").says(/^http:\S+$/m);
    const online = workshop.start("agent", "run", "online.json");
    const offline = workshop.start("agent", "run", "offline.json");
    const push = ["push", "--package", packageFolder, "--group", "ships", "--server", url];
    await workshop.done(...push, "--key", keys.ada.secretKey, "--delivery", "offer");

    for (const agent of [online, offline]) await agent.says(installed);
    for (const id of ["online", "offline"])
      expect(await workshop.read(`${id}/installed/press-control/current/app.txt`)).toBe(
        "press-control 3.0.0\n",
      );
    expect(online.stderr).toMatch(/obtained .*http/);
    expect(offline.stderr).toMatch(/obtained .*unc/);
  } finally {
    await mail.close();
  }
}, 40_000);
