/** A vendor's server over a share that runs, two ships on its list, and short words for what is done with it. */
import { afterAll, beforeAll } from "vitest";
import { makeAgent, makeServer } from "./fleet.ts";
import { makeKey, makePackage, makeTrust, packageFolder, type KeyFiles } from "./vendor.ts";
import { Workshop, type Outcome } from "./workshop.ts";

/** What the tests of one file share. */
export interface ServedWorkshop {
  readonly workshop: Workshop;
  readonly keys: Readonly<Record<"root" | "ada" | "server", KeyFiles>>;
  /** Of a second one who may push. */
  readonly ben: KeyFiles;
  /** The server's, which runs. */
  readonly url: string;
  /** The words of a push of the package. */
  readonly push: (...more: readonly string[]) => string[];
  /** Pushes it. @returns the deployment's id */
  readonly pushed: (...more: readonly string[]) => Promise<string>;
  /** Sends a control, signed by Ada unless a key is given. */
  readonly steer: (action: string, deployment: string, key?: KeyFiles) => Promise<Outcome>;
  readonly stateOf: (deployment: string) => Promise<string>;
}

/** For a test file; called once. */
export function servedWorkshop(): ServedWorkshop {
  let workshop: Workshop;
  let keys: ServedWorkshop["keys"];
  let ben: KeyFiles;
  let url: string;
  beforeAll(async () => {
    workshop = await Workshop.open();
    keys = await makeTrust(workshop);
    ben = await makeKey(workshop, "ben");
    await workshop.done("trust", "add-key", ben.publicKey, "--role", "push", "--group", "*");
    await workshop.done("trust", "sign", "--key", keys.root.secretKey);
    await workshop.done("sign", await makePackage(workshop), "--key", keys.ada.secretKey);
    const agent = await makeAgent(
      workshop,
      "ship-1",
      { unc: true },
      {
        receivers: [{ kind: "unc", root: "share", pollSeconds: 1 }],
        obtain: { unc: { roots: ["share"] } },
        receipts: [{ kind: "unc", root: "share" }],
      },
    );
    await workshop.write("share/README.txt", "");
    await workshop.write("agents.json", [
      agent,
      { id: "ship-2", groups: ["ships"], addresses: { unc: true } },
    ]);
    await makeServer(workshop, keys.server, { transports: { unc: { root: "share" } } });
    await workshop.done("agents", "import", "agents.json");
    await workshop.done("publish", packageFolder);
    url = await workshop.begin("serve").says(/^http:\S+$/m);
  });
  afterAll(() => workshop.close());
  const push: ServedWorkshop["push"] = (...more) => [
    "push",
    "--package",
    packageFolder,
    "--server",
    url,
    "--key",
    keys.ada.secretKey,
    ...more,
  ];
  return {
    get workshop() {
      return workshop;
    },
    get keys() {
      return keys;
    },
    get ben() {
      return ben;
    },
    get url() {
      return url;
    },
    push,
    pushed: async (...more) =>
      (await workshop.json<{ deployment: string }>(...push(...more))).deployment,
    steer: (action, deployment, key = keys.ada) =>
      workshop.run([
        action,
        deployment,
        "--reason",
        "as a test",
        "--server",
        url,
        "--key",
        key.secretKey,
      ]),
    stateOf: async (deployment) =>
      (await workshop.json<{ state: string }>("status", deployment, "--server", url)).state,
  };
}
