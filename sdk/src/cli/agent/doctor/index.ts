/** The doctor: looks at everything that an agent needs, changes nothing, and says what to do. */
import type { AgentConfig } from "../../../schema/index.ts";
import type { Configuration } from "../../config.ts";
import type { Terminal } from "../../io.ts";
import type { Finding } from "./finding.ts";
import { examineIdentity } from "./identity.ts";
import { examineMachine, examineWork } from "./machine.ts";
import { examineWays, type WaysOptions } from "./ways.ts";

export type { Finding } from "./finding.ts";

/** Looks at the machine, who it is and whom it believes, the ways, and the work in hand. */
export async function examineAgent(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  options: WaysOptions,
): Promise<Finding[]> {
  const machine = await examineMachine(config);
  const { findings, status } = await examineIdentity(terminal, config);
  return [
    ...machine,
    ...findings,
    ...(await examineWays(terminal, config, options)),
    ...examineWork(status),
  ];
}

/** A line each for people, with what to do below. */
export function describeFindings(findings: readonly Finding[]): string[] {
  const marks = { good: "ok     ", doubtful: "look at", bad: "BAD    " } as const;
  const width = Math.max(...findings.map(({ check }) => check.length));
  const count = (verdict: Finding["verdict"]): number =>
    findings.filter((finding) => finding.verdict === verdict).length;
  return [
    ...findings.flatMap(({ check, verdict, detail, remedy }) => [
      `${marks[verdict]}  ${check.padEnd(width)}  ${detail}`,
      ...(remedy === undefined ? [] : [`${" ".repeat(width + 11)}→ ${remedy}`]),
    ]),
    "",
    count("bad") === 0
      ? `Nothing keeps the agent from its work; ${count("doubtful")} to look at.`
      : `${count("bad")} of ${findings.length} keep the agent from its work; ${count("doubtful")} to look at.`,
  ];
}
