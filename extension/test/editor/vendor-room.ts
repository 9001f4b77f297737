/**
 * A vendor's room: keys of gpg and of files, a trust document that wants two signatures, a server and an agent as
 * programs of their own on a share, and a workspace in which nothing has been written yet. Made by commands alone.
 */
import { chmod } from "node:fs/promises";
import { join } from "node:path";
import { makeAgent, makeServer } from "../../../sdk/test/cli/support/fleet.ts";
import type { Program } from "../../../sdk/test/cli/support/program.ts";
import { makeKey } from "../../../sdk/test/cli/support/vendor.ts";
import { Workshop } from "../../../sdk/test/cli/support/workshop.ts";
import { gnupgHome, type GnupgHome } from "../../../sdk/test/support/gnupg.ts";
import { outsideTool } from "../../../sdk/test/support/tools.ts";

/** What opens Bea's key; Ada's wants nothing. */
export const passphrase = "correct horse";

/** The room. */
export interface VendorRoom {
  readonly workshop: Workshop;
  readonly home: GnupgHome;
  /** Absolute: the folder to open. */
  readonly workspace: string;
  /** Absolute: runs the command line. */
  readonly program: string;
  readonly url: string;
  readonly server: Program;
  readonly agent: Program;
  close(): Promise<void>;
}

/** Makes it; the server and the agent run. @throws where there is no gpg */
export async function openVendorRoom(): Promise<VendorRoom> {
  const gpg = outsideTool("gpg");
  if (gpg === undefined) throw new Error("gpg is needed: install Debian's package gnupg");
  const workshop = await Workshop.open();
  const home = await gnupgHome(gpg);
  // No pinentry has a screen here: gpg says so at once, and the editor asks.
  await home.file(
    "gpg-agent.conf",
    [
      "pinentry-program /bin/false",
      "allow-loopback-pinentry",
      // Nor does it remember what it was told once.
      "default-cache-ttl 0",
      "max-cache-ttl 0",
      "",
    ].join("\n"),
  );
  await makeTrust(workshop, home);
  await makeWorkspace(workshop);
  await workshop.write("share/README.txt", "The share of the ships.");
  const ships = await Promise.all(
    ["ship-1", "ship-2"].map((id) =>
      makeAgent(
        workshop,
        id,
        { unc: true },
        {
          receivers: [{ kind: "unc", root: "share", pollSeconds: 1 }],
          obtain: { unc: { roots: ["share"] } },
          receipts: [{ kind: "unc", root: "share" }],
        },
      ),
    ),
  );
  const agents = ships.map((ship) =>
    ship.id === "ship-2" ? { ...ship, groups: ["docks"] } : ship,
  );
  await makeServer(
    workshop,
    { ...serverKey, fingerprint: "" },
    {
      transports: { unc: { root: "share" } },
      agents,
    },
  );
  const server = workshop.start("serve");
  const url = await server.says(/^http:\S+$/m);
  const agent = workshop.start("agent", "run", "ship-1.json");
  await agent.says("Agent ship-1 (ships) listens.");
  return {
    workshop,
    home,
    workspace: workshop.path("room"),
    program: workshop.path("outrider"),
    url,
    server,
    agent,
    async close() {
      await workshop.close();
      await home[Symbol.asyncDispose]();
    },
  };
}

const serverKey = { publicKey: "keys/server.asc", secretKey: "keys/server.secret.asc" };

/** Ada and Bea release together, Ada pushes; both keys are gpg's, and so is one that has ended. */
async function makeTrust(workshop: Workshop, home: GnupgHome): Promise<void> {
  const generate = async (name: string, lock: string, until: string): Promise<string> => {
    const locked = ["--pinentry-mode", "loopback", "--passphrase", lock];
    await home.gpg(
      ...locked,
      "--quick-generate-key",
      `${name} <${name}@vendor.test>`,
      "ed25519",
      "sign",
      until,
    );
    const { stdout } = await home.gpg("--armor", "--export", name);
    return workshop.write(`keys/${name}.asc`, stdout);
  };
  const ada = await generate("Ada", "", "1y");
  const bea = await generate("Bea", passphrase, "1y");
  await generate("Old", "", "seconds=1");
  const root = await makeKey(workshop, "root");
  await makeKey(workshop, "server");
  await workshop.done("trust", "init", "--root", root.publicKey, "--server", serverKey.publicKey);
  const release = ["--role", "release", "--package", "press-*", "--threshold", "2"];
  await workshop.done("trust", "add-key", ada, bea, ...release);
  await workshop.done("trust", "add-key", ada, "--role", "push", "--group", "*");
  await workshop.done("trust", "sign", "--key", root.secretKey);
}

async function makeWorkspace(workshop: Workshop): Promise<void> {
  for (const name of ["trust.json", "trust.json.asc"])
    await workshop.write(`room/${name}`, await workshop.read(name));
  await workshop.write("room/payload/app.txt", "press-control 3.0.0\n");
  await workshop.write("room/payload/data/list.txt", "1\n2\n3\n");
  await workshop.write("room/outrider.json", "");
  for (const group of ["ships", "docks"])
    await workshop.write(`room/${group}.push.json`, {
      package: "press-control",
      audience: { groups: [group] },
    });
  await workshop.write(
    "room/wrong.txt",
    '{\n  "name": "press-control",\n  "version": "three"\n}\n',
  );
  const publish = [
    "publish",
    "dist/press-control-3.0.0",
    "--config",
    workshop.path("outrider-server.json"),
  ];
  const look = ["validate", "--schema", "outrider", "wrong.txt"];
  await workshop.write("room/.vscode/tasks.json", {
    version: "2.0.0",
    tasks: [
      { type: "outrider", label: "publish", args: publish, problemMatcher: [] },
      { type: "outrider", label: "look", args: look, problemMatcher: "$outrider" },
    ],
  });
  const main = join(import.meta.dirname, "../../../sdk/src/cli/main.ts");
  await workshop.write("outrider", `#!/bin/sh\nexec "${process.execPath}" "${main}" "$@"\n`);
  await chmod(workshop.path("outrider"), 0o755);
}
