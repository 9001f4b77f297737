/** Agents that a server could not write to: two of one name, bad addresses, ways out that it does not have. */
import { isOutriderError, say } from "../../errors/index.ts";
import type { ServerConfig } from "../../schema/index.ts";
import { parseAddress } from "../../transport/index.ts";
import { reasonIn } from "../reasons.ts";
import type { Remark } from "../remark.ts";

/** Examines the agents and the sender's address. */
export function examineAgents({ agents = [], transports = {} }: ServerConfig): Remark[] {
  const seen = new Set<string>();
  const remarks: Remark[] = [];
  if (transports.email !== undefined)
    remarks.push(...examineAddress("/transports/email/from", transports.email.from));
  for (const [at, { id, addresses }] of agents.entries()) {
    const pointer = `/agents/${at}`;
    if (seen.has(id))
      remarks.push({
        code: "CONFIG_INVALID",
        severity: "error",
        pointer: `${pointer}/id`,
        sentence: say("There is another agent {0}.", id),
      });
    seen.add(id);
    if (addresses.email !== undefined)
      remarks.push(...examineAddress(`${pointer}/addresses/email`, addresses.email));
    for (const way of ["email", "unc", "stick"] as const)
      if (addresses[way] !== undefined && addresses[way] !== false && transports[way] === undefined)
        remarks.push({
          code: "CONFIG_INVALID",
          severity: "warning",
          pointer: `${pointer}/addresses/${way}`,
          sentence: say("This server has no transport {0}: it cannot reach {1} by it.", way, id),
        });
  }
  return remarks;
}

function examineAddress(pointer: string, address: string): Remark[] {
  try {
    parseAddress(address);
    return [];
  } catch (error) {
    if (!isOutriderError(error)) throw error;
    return [
      {
        code: error.code,
        severity: "error",
        pointer,
        sentence: say("Nothing is ever sent there: {0}", reasonIn(error.message)),
      },
    ];
  }
}
