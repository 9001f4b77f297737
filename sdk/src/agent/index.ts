/** Row 4: the agent. Reaches node:crypto, node:zlib and files; no OpenPGP.js, no mail, no network of its own. */
export { createAgent, type Agent } from "./agent.ts";
export type { AuthenticNotification } from "./authenticate.ts";
export {
  decideSources,
  type Attempt,
  type Equipment,
  type SourceDecision,
  type SourceKind,
  type SourcePolicy,
  type Way,
} from "./choice.ts";
export { checkPrivateDirectory } from "./private-directory.ts";
export type { Deployer, Placement } from "./deployer.ts";
export type { AgentEvent } from "./events.ts";
export {
  transitions,
  works,
  type Event,
  type State,
  type Transition,
  type Work,
} from "./machine.ts";
export type { ObtainedPackage } from "./obtain.ts";
export type { AgentOptions } from "./options.ts";
export type { AgentPolicy, PolicyQuestion } from "./policy.ts";
export {
  processRunner,
  type ProgramOptions,
  type ProgramResult,
  type ProgramRunner,
} from "./program.ts";
export type { RawNotification, RecognizedNotification } from "./recognize.ts";
export {
  inspectAgent,
  type AgentStatus,
  type InspectOptions,
  type UnfinishedDeployment,
} from "./status.ts";
export type { InstalledRelease, ReleaseFacts, WayBack } from "./release.ts";
export type { StagedPackage } from "./stage.ts";
export type { QuarantinedRelease, StandingControl } from "./state.ts";
export type { Reception } from "./verdict.ts";
export type { VerifiedPackage } from "./verify.ts";
export type { Withdrawal } from "./withdraw.ts";
