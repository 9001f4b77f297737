/** A server and one agent, as programs of their own, and pushes from the one to the other. */
import type { AgentConfig, RegisteredAgent, ServerConfig } from "../../sdk/src/schema/index.ts";
import { makeAgent, makeServer } from "../../sdk/test/cli/support/fleet.ts";
import { makePackage, makeTrust } from "../../sdk/test/cli/support/vendor.ts";
import type { Workshop } from "../../sdk/test/cli/support/workshop.ts";

/** How both are configured. */
export interface FleetPlan {
  readonly server: Partial<ServerConfig>;
  readonly addresses: RegisteredAgent["addresses"];
  readonly agent: Pick<AgentConfig, "receivers"> & Partial<AgentConfig>;
}

/** Both, running. */
export interface Fleet {
  push(): Promise<Push>;
}

/** One more version that was installed. */
export interface Push {
  /** From the trigger's acceptance to the installation, milliseconds. */
  readonly ms: number;
  /** Of the archive. */
  readonly sha256: string;
}

/** Starts both; they end with the workshop. */
export async function startFleet(workshop: Workshop, plan: FleetPlan): Promise<Fleet> {
  const keys = await makeTrust(workshop);
  const agent = await makeAgent(workshop, "agent", plan.addresses, plan.agent);
  await makeServer(workshop, keys.server, { ...plan.server, agents: [agent] });
  const server = workshop.start("serve");
  const url = await server.says(/^http:\S+$/m);
  const listening = workshop.start("agent", "run", "agent.json");
  await listening.says(/listens\./);
  let pushes = 0;
  return {
    async push() {
      const before = `(?:[^]*"verdict":"accepted"){${pushes}}`;
      const version = `3.${++pushes}.0`;
      const folder = await makePackage(workshop, version);
      await workshop.done("sign", folder, "--key", keys.ada.secretKey);
      const { archives } = await workshop.json<Published>("publish", folder);
      const accepted = moment(server.says(new RegExp(`"verdict":"accepted"${before}`)));
      const done = `version=${version.replaceAll(".", "\\.")} outcome=installed`;
      const installed = moment(listening.says(new RegExp(done)));
      const push = ["push", "--package", folder, "--group", "ships", "--server", url];
      await workshop.done(...push, "--key", keys.ada.secretKey);
      return { ms: (await installed) - (await accepted), sha256: archives[0]?.sha256 ?? "" };
    },
  };
}

interface Published {
  readonly archives: readonly { readonly sha256: string }[];
}

async function moment(said: Promise<string>): Promise<number> {
  await said;
  return performance.now();
}
