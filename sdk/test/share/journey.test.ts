/** The whole way over a share that nobody mounted, from the command line: encrypted, the agent read-only but for receipts. */
import { copyFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { makeAgent, makeServer } from "../cli/support/fleet.ts";
import { makeVendor, packageFolder } from "../cli/support/vendor.ts";
import { Workshop } from "../cli/support/workshop.ts";
import { startSamba } from "../servers/samba.ts";
import { verifies } from "../support/verifies.ts";

test("published, ordered, installed and answered through smbclient", async () => {
  verifies("transport-unc", "claims-10-12", "step-89", "receipt");
  await using samba = await startSamba();
  if (samba === undefined) return;
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const { root, port } = samba.access("sealed", "agent");
  for (const user of ["publisher", "agent"] as const)
    await copyFile(samba.access("sealed", user).credentialsFile ?? "", workshop.path(user));
  const of = (user: string): { credentialsFile: string; encrypt: true; port: number } => ({
    credentialsFile: user,
    encrypt: true,
    port,
  });
  const agent = await makeAgent(
    workshop,
    "ship-1",
    { unc: true },
    {
      receivers: [{ kind: "unc", root, smbclient: of("agent"), pollSeconds: 1 }],
      receipts: [{ kind: "unc", root, smbclient: of("agent") }],
    },
  );
  await makeServer(workshop, keys.server, {
    transports: { unc: { root, smbclient: of("publisher") } },
    agents: [agent],
  });
  await workshop.done("publish", packageFolder);
  const server = workshop.begin("serve");
  const url = await server.says(/http:\S+$/m);
  const ship = workshop.begin("agent", "run", "ship-1.json");
  await ship.says(/Agent ship-1 \(ships\) listens/);
  const push = ["push", "--package", packageFolder, "--group", "ships", "--server", url];
  await workshop.done(...push, "--key", keys.ada.secretKey);
  await ship.says(/finished +name=press-control version=3\.0\.0 outcome=installed/);
  await server.says(/receipt\b.*ship-1.*installed/);
  expect(await workshop.read("ship-1/installed/press-control/current/app.txt")).toBe(
    "press-control 3.0.0\n",
  );
  await ship.stop();
  await server.stop();
});
