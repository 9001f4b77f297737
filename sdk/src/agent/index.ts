/** Row 4: the agent. Reaches node:crypto, node:zlib and files; no OpenPGP.js, no mail, no network of its own. */
export { createAgent, type Agent } from "./agent.ts";
export type { AuthenticNotification } from "./admission/authenticate.ts";
export {
  decideSources,
  type Attempt,
  type Equipment,
  type SourceDecision,
  type SourceKind,
  type SourcePolicy,
  type Way,
} from "./archive/choice.ts";
export { checkPrivateDirectory } from "./memory/private-directory.ts";
export type { Deployer, Placement } from "./install/deployer.ts";
export type { AgentEvent } from "./reports/events.ts";
export {
  transitions,
  works,
  type Event,
  type State,
  type Transition,
  type Work,
} from "./machine.ts";
export type { ObtainedPackage } from "./archive/obtain.ts";
export type { AgentOptions } from "./options.ts";
export type { AgentPolicy, PolicyQuestion } from "./policy.ts";
export {
  processRunner,
  type ProgramOptions,
  type ProgramResult,
  type ProgramRunner,
} from "./install/program.ts";
export type { RawNotification, RecognizedNotification } from "./admission/recognize.ts";
export {
  inspectAgent,
  type AgentStatus,
  type ClockBehind,
  type InspectOptions,
  type RecalledRelease,
  type UnfinishedDeployment,
} from "./reports/status.ts";
export type { InstalledRelease, ReleaseFacts, WayBack } from "./memory/release.ts";
export type { StagedPackage } from "./install/stage.ts";
export type { QuarantinedRelease, StandingControl } from "./memory/state.ts";
export type { Reception } from "./reception/verdict.ts";
export type { VerifiedPackage } from "./archive/verify.ts";
export type { Withdrawal } from "./deployment/withdraw.ts";
