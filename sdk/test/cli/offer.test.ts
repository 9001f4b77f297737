/** A package that is offered, not attached: each agent obtains it in the way that it is equipped for. */
import { expect, test } from "vitest";
import type { AgentConfig, RegisteredAgent } from "../../src/schema/index.ts";
import { startMailServer } from "../support/mail.ts";
import { verifies } from "../support/verifies.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { makeVendor, packageFolder } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

const installed = /finished +name=press-control version=3\.0\.0 outcome=installed/;

/** An agent that hears by mail only. */
async function makeMailAgent(
  workshop: Workshop,
  id: string,
  obtain: AgentConfig["obtain"] = {},
): Promise<RegisteredAgent> {
  for (const folder of ["new", "cur", "tmp"]) await workshop.write(`mail/${id}/${folder}/keep`, "");
  const receivers = [{ kind: "maildir" as const, path: `mail/${id}`, pollSeconds: 1 }];
  return makeAgent(workshop, id, { email: `${id}@hall.test` }, { receivers, obtain });
}

test("told by mail, one agent fetches by HTTP, one takes it from the share", async () => {
  verifies("claim-1", "notify", "transport-email", "step-87", "step-88", "step-89", "step-91");
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const mail = await startMailServer({ maildirs: workshop.path("mail") });
  const programs: Program[] = [];
  const ids = ["online", "offline"];
  try {
    await workshop.write("share/README.txt", "The share of the ships.");
    const relays = [{ host: "127.0.0.1", port: mail.port, tls: "none" as const }];
    await makeServer(workshop, keys.server, {
      transports: { email: { from: "updates@vendor.test", relays }, unc: { root: "share" } },
      agents: [
        await makeMailAgent(workshop, "online"),
        await makeMailAgent(workshop, "offline", { unc: { roots: ["share"] } }),
        // For who reads the share the server lays it out.
        { id: "reader", groups: ["ships"], addresses: { unc: true } },
      ],
    });
    await workshop.done("publish", packageFolder);
    const server = workshop.start("serve");
    programs.push(server);
    const url = await server.says(/^http:\S+$/m);
    const http = { hosts: [new URL(url).host], allowLoopback: true };
    await makeMailAgent(workshop, "online", { http });
    const agents = ids.map((id) => workshop.start("agent", "run", `${id}.json`));
    programs.push(...agents);
    const push = ["push", "--package", packageFolder, "--group", "ships", "--server", url];
    await workshop.done(...push, "--key", keys.ada.secretKey, "--delivery", "offer");

    for (const agent of agents) await agent.says(installed);
    expect(mail.mails).toHaveLength(1);
    expect(mail.mails[0]?.raw.includes("vnd.outrider.package")).toBe(false);
    for (const id of ids)
      expect(await workshop.read(`${id}/installed/press-control/current/app.txt`)).toBe(
        "press-control 3.0.0\n",
      );
  } finally {
    for (const program of programs) program.signal("SIGINT");
    for (const program of programs) await program.ended();
    await mail.close();
  }
});
