/** Row 4: the server (patent 2, 6; Fig. 3). */
export { createServer, type Server } from "./server.ts";
export type { ServerOptions } from "./options.ts";
export type { WayIn } from "./raw.ts";
export type { Plan } from "./balance.ts";
export { judgeEncryptionKeys } from "./agents/encryption-keys.ts";
export {
  openEnrolment,
  type Enrolment,
  type EnrolmentRequest,
  type TokenOptions,
} from "./agents/enrolment.ts";
export { readAgents } from "./agents/list.ts";
export { rosterOf } from "./audience/packed.ts";
export {
  reachAudience,
  type Reach,
  type ReachableAgent,
  type ReachParts,
} from "./audience/reach.ts";
export type { Roster } from "./audience/roster.ts";
export type { AuditEntry, AuditLine } from "./audit/entry.ts";
export type { AuditRequest } from "./audit/latest.ts";
export { openAuditLog, type AuditLog } from "./audit/log.ts";
export { verifyAudit, type AuditVerdict } from "./audit/verify.ts";
export { mailProviders, type MailProvider } from "./carriage/profiles.ts";
export {
  stickChannel,
  type ServerTransport,
  type TransportProfile,
} from "./carriage/transports.ts";
export { draftPlan, type DraftPlan, type PlanInput } from "./drafting/draft.ts";
export type { DraftJob } from "./drafting/jobs.ts";
export { timelineOf, type TimelineRow } from "./drafting/timeline.ts";
export type { FloodLimits } from "./http/flood.ts";
export type { HttpOptions } from "./http/index.ts";
export type { Hook } from "./http/routes/hooks.ts";
export type { Inbox } from "./intake/inbox.ts";
export type { ReturnedVerdict } from "./intake/returned.ts";
export type { SpoolOptions } from "./intake/spool.ts";
export type { Pace, Rate } from "./limits/pace.ts";
export type {
  JobEvent,
  MessageEvent,
  ReceiptEvent,
  ReturnedEvent,
  SentEvent,
  ServerEvent,
  StepEvent,
  Verdict,
} from "./news/events.ts";
export type { WatchedEvent } from "./news/news.ts";
export { whileHolding, type LeaseParts } from "./process/lease.ts";
export type { Readiness, ReadinessCheck } from "./process/readiness.ts";
export { serverRoles, type ServerRole } from "./process/roles.ts";
export type { Bundle, BundleOptions } from "./publishing/bundle.ts";
export type { HostedArchive, HostedPackage, PackageSource } from "./publishing/packages.ts";
