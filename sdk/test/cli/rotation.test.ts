/**
 * Root and server key are replaced and a release key is added while machines are out: they follow, over a share, over HTTP
 * and by mail alone.
 */
import { copyFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { makeMaildir, startMailServer } from "../support/mail.ts";
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
  const successor = await makeKey(workshop, "successor");
  await workshop.done("trust", "add-key", successor.publicKey, "--role", "server");
  await workshop.done("trust", "remove-key", keys.server.fingerprint);
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
  await makeMaildir(workshop.path("mail/ship-3"));
  await using mail = await startMailServer({ maildirs: workshop.path("mail") });
  const byMail = await makeAgent(
    workshop,
    "ship-3",
    { email: "ship-3@sea.test" },
    {
      trustFile: "pinned.json",
      receivers: [{ kind: "maildir", path: "mail/ship-3", pollSeconds: 1 }],
    },
  );
  const relays = [{ host: "127.0.0.1", port: mail.port, tls: "none" as const }];
  await makeServer(workshop, successor, {
    transports: { unc: { root: "share" }, email: { from: "updates@vendor.test", relays } },
    agents: [byShare, byMail],
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
  const ids = ["ship-1", "ship-2", "ship-3"];
  const ships = ids.map((id) => workshop.start("agent", "run", `${id}.json`));
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
  for (const id of ids) {
    const status = await workshop.json<{ trust: { version: number } }>(
      "agent",
      "status",
      `${id}.json`,
    );
    expect(status.trust.version).toBe(3);
  }
});
