/** What the steps work with: everything an agent was given or opened, in one place instead of globals. */
import type { MachineFacts } from "../package/index.ts";
import type { Clock, FileSystem, Logger } from "../ports/index.ts";
import type { Obtainer } from "../transport/index.ts";
import type { AgentIdentity } from "../trust/index.ts";
import type { Probes } from "./archive/probe.ts";
import type { Deployer } from "./install/deployer.ts";
import type { ProgramRunner } from "./install/program.ts";
import type { Failure } from "./memory/journal.ts";
import type { AgentState } from "./memory/state.ts";
import type { TrustKeeper } from "./memory/trust-keeper.ts";
import type { AgentPolicy } from "./policy.ts";
import type { EventHub } from "./reports/events.ts";
import type { Outbox } from "./reports/outbox.ts";

/** The agent's surroundings. */
export interface Workplace {
  readonly agent: AgentIdentity;
  /** What is known of this machine, the vendor's facts included. */
  readonly machine: MachineFacts;
  readonly installDirectory: string;
  readonly dataDirectory: string;
  readonly deploymentsDirectory: string;
  readonly fileSystem: FileSystem;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly programs: ProgramRunner;
  readonly obtainers: readonly Obtainer[];
  readonly probes: Probes;
  /** Can this runtime's zstd apply patches? */
  readonly dictionaries: boolean;
  readonly vendor: Deployer | undefined;
  readonly policy: AgentPolicy;
  readonly state: AgentState;
  readonly trust: TrustKeeper;
  readonly outbox: Outbox;
  readonly events: EventHub;
  /** Manifest → why this process itself has put its deployment off: going on with it is no restart. */
  readonly halted: Map<string, Failure>;
}
