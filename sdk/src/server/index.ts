/** Row 4: the server (patent 2, 6; Fig. 3). */
export type { AuditEntry, AuditLine } from "./audit/entry.ts";
export { reachAudience, type Reach, type ReachableAgent, type ReachParts } from "./audience.ts";
export type { AuditRequest } from "./audit/latest.ts";
export { openAuditLog, type AuditLog } from "./audit/log.ts";
export { verifyAudit, type AuditVerdict } from "./audit/verify.ts";
export type { Plan } from "./balance.ts";
export { draftPlan, type DraftPlan, type PlanInput } from "./balance/draft.ts";
export type { DraftJob } from "./balance/jobs.ts";
export { rosterOf } from "./balance/packed.ts";
export type { Roster } from "./balance/roster.ts";
export type { Pace, Rate } from "./balance/pace.ts";
export { mailProviders, type MailProvider } from "./balance/profiles.ts";
export { timelineOf, type TimelineRow } from "./balance/timeline.ts";
export type { Bundle, BundleOptions } from "./bundle.ts";
export type {
  MessageEvent,
  ReceiptEvent,
  SentEvent,
  ServerEvent,
  StepEvent,
  Verdict,
} from "./events.ts";
export {
  openEnrolment,
  type Enrolment,
  type EnrolmentRequest,
  type TokenOptions,
} from "./agents/enrolment.ts";
export { judgeEncryptionKeys } from "./agents/encryption-keys.ts";
export { readAgents } from "./agents/list.ts";
export type { FloodLimits } from "./http/flood.ts";
export type { Hook } from "./http/hooks.ts";
export type { HttpOptions } from "./http/index.ts";
export type { Inbox } from "./inbox.ts";
export type { WatchedEvent } from "./news.ts";
export type { HostedArchive, HostedPackage, PackageSource } from "./packages.ts";
export type { WayIn } from "./raw.ts";
export type { Readiness, ReadinessCheck } from "./readiness.ts";
export { whileHolding, type LeaseParts } from "./lease.ts";
export { serverRoles, type ServerRole } from "./roles.ts";
export type { SpoolOptions } from "./spool.ts";
export type { ServerOptions } from "./options.ts";
export { createServer, type Server } from "./server.ts";
export { stickChannel, type ServerTransport, type TransportProfile } from "./transports.ts";
