/** The whole way with real processes, sockets and files: publish, serve, push, agent, and an end that leaves nothing. */
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { startMailServer } from "../support/mail.ts";
import { verifies } from "../support/verifies.ts";
import { makeAgent, makeServer } from "./support/fleet.ts";
import type { Program } from "./support/program.ts";
import { makeVendor, packageFolder } from "./support/vendor.ts";
import { Workshop } from "./support/workshop.ts";

/** Ctrl-C. */
async function interrupt(program: Program): Promise<void> {
  program.signal("SIGINT");
  expect(await program.ended()).toEqual({ exit: 130, signal: null });
}

/** Changes the notification inside a mail, and nothing else. */
function forge(mail: Buffer): Buffer {
  const text = mail.toString("latin1");
  const part = /application\/vnd\.outrider\.notification\+json[^]*?\n\n([A-Za-z0-9+/=\n]+)/.exec(
    text,
  )?.[1];
  expect(part).toBeDefined();
  const notification = Buffer.from(part ?? "", "base64").toString("utf8");
  const forged = notification.replace("vendor", "forger").replace("3.0.0", "9.0.0");
  expect(forged).not.toBe(notification);
  const encoded = Buffer.from(forged).toString("base64").replaceAll(/.{76}/g, "$&\n");
  return Buffer.from(text.replace(part ?? "", `${encoded}\n`), "latin1");
}

async function refusesConnections(url: string): Promise<boolean> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  try {
    await once(socket, "connect");
    return false;
  } catch {
    return true;
  } finally {
    socket.destroy();
  }
}

test("pushed over a share, installed and reported", async () => {
  verifies("transport-unc", "step-91", "receipt");
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const agent = await makeAgent(
    workshop,
    "ship-1",
    { unc: true },
    {
      receivers: [{ kind: "unc", root: "share", pollSeconds: 1 }],
      receipts: [{ kind: "unc", root: "share" }],
    },
  );
  await workshop.write("share/README.txt", "The share of the ships.");
  await makeServer(workshop, keys.server, {
    transports: { unc: { root: "share" } },
    agents: [agent],
  });
  expect(await workshop.done("validate", "ship-1.json", "--schema", "agent")).toContain(
    "1 file valid.",
  );
  expect(await workshop.done("validate")).toMatch(/\d+ files valid\./);
  expect(await workshop.done("publish", packageFolder)).toContain("Published press-control 3.0.0.");

  const server = workshop.start("serve");
  const url = await server.says(/^http:\S+$/m);
  const ship = workshop.start("agent", "run", "ship-1.json");
  await ship.says("Agent ship-1 (ships) listens.");
  const push = ["push", "--package", packageFolder, "--group", "ships", "--server", url];
  const { deployment } = await workshop.json<{ deployment: string }>(
    ...push,
    "--key",
    keys.ada.secretKey,
  );
  await ship.says(/finished +name=press-control version=3\.0\.0 outcome=installed/);
  await server.says(/"event":"receipt".*"agent":"ship-1","state":"installed"/);
  expect(server.stderr).toContain(deployment);
  expect(await workshop.read("ship-1/installed/press-control/current/app.txt")).toBe(
    "press-control 3.0.0\n",
  );

  // It can be looked at while it runs; a second agent on the same folders would harm it.
  expect(await workshop.done("agent", "status", "ship-1.json")).toMatch(/press-control +3\.0\.0/);
  const second = await workshop.run(["agent", "receive", "ship-1.json"]);
  expect(second).toMatchObject({ exit: 3, stderr: expect.stringMatching(/^error AGENT_BUSY: /) });

  await interrupt(ship);
  await interrupt(server);
  expect(await refusesConnections(url)).toBe(true);
  expect(await workshop.done("agent", "status", "ship-1.json")).toMatch(/press-control +3\.0\.0/);
});

test("by mail, to an agent that listens and to one that its mail system starts", async () => {
  verifies("transport-email", "step-83", "step-85", "step-91");
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  const mail = await startMailServer({ maildirs: workshop.path("mail") });
  try {
    const agents = [];
    for (const id of ["ship-1", "ship-2"])
      agents.push(
        await makeAgent(
          workshop,
          id,
          { email: `${id}@hall.test` },
          {
            receivers: [{ kind: "maildir", path: `mail/${id}`, pollSeconds: 1 }],
          },
        ),
      );
    await workshop.write("mail/ship-1/new/foreign", "Subject: Lunch\n\nAt noon?\n");
    await workshop.write("mail/ship-1/cur/keep", "");
    await workshop.write("mail/ship-1/tmp/keep", "");
    const relays = [{ host: "127.0.0.1", port: mail.port, tls: "none" as const }];
    await makeServer(workshop, keys.server, {
      transports: { email: { from: "updates@vendor.test", relays } },
      agents,
    });
    await workshop.done("publish", packageFolder);
    const server = workshop.start("serve");
    const url = await server.says(/^http:\S+$/m);
    const ship = workshop.start("agent", "run", "ship-1.json");
    const push = ["push", "--package", packageFolder, "--group", "ships", "--server", url];
    await workshop.done(...push, "--key", keys.ada.secretKey);
    await ship.says(/finished +name=press-control version=3\.0\.0 outcome=installed/);
    expect(await workshop.read("ship-1/installed/press-control/current/app.txt")).toBe(
      "press-control 3.0.0\n",
    );
    expect(await workshop.read("mail/ship-1/new/foreign").catch(() => "moved")).toContain("Lunch");

    const inbox = (): Promise<string[]> => readdir(workshop.path("mail/ship-2/new"));
    await expect.poll(inbox).toHaveLength(1);
    const [name = ""] = await inbox();
    const message = await readFile(workshop.path("mail/ship-2/new", name));
    const receive = ["agent", "receive", "ship-2.json"];
    const foreign = await workshop.run([...receive, "--json"], {
      stdin: "Subject: Lunch\n\nAt noon?\n",
    });
    expect(foreign.exit).toBe(0);
    expect(JSON.parse(foreign.stdout)).toMatchObject({ outcome: "ignored" });
    const refused = await workshop.run([...receive, "--json"], { stdin: forge(message) });
    expect(refused.exit).toBe(1);
    expect(JSON.parse(refused.stdout)).toMatchObject({
      outcome: "refused",
      code: "SIGNATURE_INVALID",
    });
    const dormant = workshop.start(...receive);
    dormant.feed(message);
    expect(await dormant.ended()).toEqual({ exit: 0, signal: null });
    expect(dormant.stdout).toContain("handled press-control 3.0.0");
    expect(await workshop.read("ship-2/installed/press-control/current/app.txt")).toBe(
      "press-control 3.0.0\n",
    );

    await interrupt(ship);
    await interrupt(server);
    expect(await refusesConnections(url)).toBe(true);
  } finally {
    await mail.close();
  }
});

test("SIGTERM ends a server as Ctrl-C does", async () => {
  await using workshop = await Workshop.open();
  const keys = await makeVendor(workshop);
  await makeServer(workshop, keys.server, {});
  const server = workshop.start("serve", "--json");
  const { url } = JSON.parse(await server.says(/^\{"url".*$/m)) as { url: string };
  server.signal("SIGTERM");
  expect(await server.ended()).toEqual({ exit: 130, signal: null });
  expect(await refusesConnections(url)).toBe(true);
});
