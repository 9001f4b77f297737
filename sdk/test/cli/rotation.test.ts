/** A root key is replaced and a release key added while machines are out: they follow, over a share and over HTTP. */
import { copyFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { makeAgent, makeServer } from "./support/fleet.ts";
import { makeKey, makePackage, makeVendor } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

test("agents that pinned version 1 install what a key of version 3 released", async () => {
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  for (const ending of ["", ".asc"])
    await copyFile(workshop.path(`trust.json${ending}`), workshop.path(`pinned.json${ending}`));

  const heir = await makeKey(workshop, "heir");
  const ben = await makeKey(workshop, "ben");
  await workshop.done("trust", "add-key", heir.publicKey, "--role", "root");
  await workshop.done("trust", "remove-key", keys.root.fingerprint);
  for (const { secretKey } of [keys.root, heir])
    await workshop.done("trust", "sign", "--key", secretKey);
  await workshop.done(
    "trust",
    "add-key",
    ben.publicKey,
    "--role",
    "release",
    "--package",
    "press-*",
  );
  await workshop.done("trust", "sign", "--key", heir.secretKey);

  const folder = await makePackage(workshop, "4.0.0");
  await workshop.done("sign", folder, "--key", ben.secretKey);
  await workshop.write("share/README.txt", "The share of the ships.");
  const byShare = await makeAgent(
    workshop,
    "ship-1",
    { unc: true },
    {
      trustFile: "pinned.json",
      receivers: [{ kind: "unc", root: "share", pollSeconds: 1 }],
      obtain: { unc: { roots: ["share"] } },
    },
  );
  await makeServer(workshop, keys.server, {
    transports: { unc: { root: "share" } },
    agents: [byShare],
  });
  await workshop.done("publish", folder);
  const server = workshop.start("serve");
  const url = await server.says(/^http:\S+$/m);
  await makeAgent(
    workshop,
    "ship-2",
    { http: true },
    {
      trustFile: "pinned.json",
      receivers: [{ kind: "http", url: url.endsWith("/") ? url : `${url}/`, pollSeconds: 1 }],
      obtain: { http: { hosts: [new URL(url).host], allowLoopback: true } },
    },
  );
  const ships = ["ship-1", "ship-2"].map((id) => workshop.start("agent", "run", `${id}.json`));
  await workshop.done(
    "push",
    "--package",
    folder,
    "--group",
    "ships",
    "--server",
    url,
    "--key",
    keys.ada.secretKey,
  );
  for (const ship of ships)
    await ship.says(/finished +name=press-control version=4\.0\.0 outcome=installed/);
  for (const id of ["ship-1", "ship-2"]) {
    const status = await workshop.json<{ trust: { version: number } }>(
      "agent",
      "status",
      `${id}.json`,
    );
    expect(status.trust.version).toBe(3);
  }
});
