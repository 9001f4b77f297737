/**
 * Who is planned for, by number: 0 … size - 1. The planner holds ten million of them as numbers in columns; names and
 * addresses are asked for one at a time, when a job is carried out.
 */

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
