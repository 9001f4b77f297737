/** Whom an audience names, and how a server of this configuration reaches each: what `plan` draws from. */
import { OutriderError } from "../../errors/index.ts";
import type { AgentRegistry } from "../../ledger/index.ts";
import type { Audience, ServerConfig } from "../../schema/index.ts";
import type { ReachableAgent, TransportProfile } from "../../server/index.ts";

/** The server's ways out, without opening them. */
export function profilesOf({ transports }: ServerConfig): TransportProfile[] {
  const { email, unc } = transports ?? {};
  const size =
    email?.maxAttachmentBytes === undefined ? {} : { maxAttachmentBytes: email.maxAttachmentBytes };
  return [
    ...(unc === undefined ? [] : [{ name: "unc", carriage: "share" } as const]),
    ...(email === undefined ? [] : [{ name: "email", carriage: "message", ...size } as const]),
    { name: "http", carriage: "none" },
  ];
}

/** @throws AUDIENCE_UNKNOWN when nobody is named; ADDRESS_INVALID when one cannot be reached */
export async function findAudience(
  registry: AgentRegistry,
  audience: Audience,
  transports: readonly TransportProfile[],
): Promise<ReachableAgent[]> {
  const names = transports.map(({ name }) => name);
  const registered = await registry.matching(audience);
  if (registered.length === 0)
    throw new OutriderError("AUDIENCE_UNKNOWN", "Nobody is registered whom this audience names.");
  return registered.map(({ id, groups, addresses }) => {
    const way = Object.entries(addresses).find(
      ([name, address]) => address !== false && names.includes(name),
    );
    if (way === undefined)
      throw new OutriderError(
        "ADDRESS_INVALID",
        `Agent ${id} has no address in any of this server's transports (${names.join(", ")}).`,
        { subject: id, pointer: "/addresses" },
      );
    const [transport, address] = way as [string, string | true];
    return { agent: id, groups, transport, address: address === true ? transport : address };
  });
}
