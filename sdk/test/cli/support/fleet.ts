/** Configurations of a server and of agents, made as a person makes them: the agent's key comes from `agent status`. */
import type { AgentConfig, RegisteredAgent, ServerConfig } from "../../../src/schema/index.ts";
import type { KeyFiles } from "./vendor.ts";
import type { Workshop } from "./workshop.ts";

/** Writes `AGENT.json` and starts the agent once, so that it has its key; returns how a server knows it. */
export async function makeAgent(
  workshop: Workshop,
  id: string,
  addresses: RegisteredAgent["addresses"],
  config: Pick<AgentConfig, "receivers"> & Partial<AgentConfig>,
): Promise<RegisteredAgent> {
  const groups = ["ships"];
  await workshop.write(`${id}.json`, {
    id,
    groups,
    dataDirectory: `${id}/data`,
    installDirectory: `${id}/installed`,
    trustFile: "trust.json",
    ...config,
  });
  const { key } = await workshop.json<{ key: { packet: string } }>("agent", "status", `${id}.json`);
  return { id, groups, addresses, key: key.packet };
}

/** Writes `outrider-server.json`; the server takes any port. */
export async function makeServer(
  workshop: Workshop,
  key: KeyFiles,
  config: Partial<ServerConfig>,
): Promise<void> {
  await workshop.write("outrider-server.json", {
    dataDirectory: "server",
    trustFile: "trust.json",
    key: { file: key.secretKey },
    listen: { port: 0 },
    ...config,
  });
}
