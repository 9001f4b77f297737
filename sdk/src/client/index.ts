/** Row 5: a running server, read and written to by people's programs: the command line, the editor, a vendor's own. */
export {
  serverClient,
  type AgentEnrolment,
  type EnrolledAgent,
  type RequestOptions,
  type ServerClient,
  type ServerClientOptions,
} from "./client.ts";
export { fetchPinnedTrust } from "./trust.ts";
export {
  deploymentCsv,
  deploymentHtml,
  type DeploymentRecords,
  type ExportWords,
} from "./export.ts";
export { watchServer, type LiveEvent, type LiveOptions } from "./live.ts";
export type { AuditLine } from "../server/audit/entry.ts";
export {
  DeploymentView,
  type FailureCount,
  type LostAgent,
  type Overview,
  type ReportedReceipt,
  type TransportFunnel,
} from "./overview.ts";
export {
  countInstalled,
  isUnderWay,
  readAllRows,
  readAudit,
  readDeployment,
  readDeployments,
  readEvents,
  readRows,
  stateShown,
  type RowsRequest,
  type ShownDeployment,
  type ShownWave,
} from "./reading.ts";
export { sendsFrom } from "./waiting.ts";
export { deploymentWords, reasonWords, type DeploymentWords, type Say } from "./words.ts";
