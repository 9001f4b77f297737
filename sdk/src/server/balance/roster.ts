/**
 * Who is planned for, by number: 0 … size - 1. The planner holds ten million of them as numbers in columns; names and
 * addresses are asked for one at a time, when a job is carried out.
 */
import type { ReachableAgent } from "../audience.ts";

/** An audience. Every method answers the same each time. */
export interface Roster {
  readonly size: number;
  agent(index: number): string;
  address(index: number): string;
  /** Name of the transport that reaches it. */
  transport(index: number): string;
  /** What its transport counts its limits by: for mail, the domain in lower case. */
  destination(index: number): string;
  isIn(index: number, group: string): boolean;
}

/** The roster of a registered audience. */
export function rosterOf(audience: readonly ReachableAgent[]): Roster {
  const at = (index: number): ReachableAgent => {
    const agent = audience[index];
    if (agent === undefined) throw new RangeError(`There is no agent ${index}.`);
    return agent;
  };
  return {
    size: audience.length,
    agent: (index) => at(index).agent,
    address: (index) => at(index).address,
    transport: (index) => at(index).transport,
    destination(index) {
      const { address } = at(index);
      return address.slice(address.lastIndexOf("@") + 1).toLowerCase();
    },
    isIn: (index, group) => at(index).groups.includes(group),
  };
}
