/** Row 2: who may do what, and whether a document may be believed. Pure: no I/O, no clock of its own. */
export { isAheadOf } from "./ahead.ts";
export {
  addKey,
  createTrust,
  grantRole,
  namedRoles,
  nextTrust,
  removeKey,
  revokeManifest,
  writeTrust,
  type RoleKeys,
  type RoleScope,
  type Validity,
} from "./build.ts";
export type { Check, CheckName } from "./checks.ts";
export { explain, explainFirst, type Explanation, type ExplanationContext } from "./explain.ts";
export { emptyMemory, type TrustMemory } from "./memory.ts";
export { readTrustMemory } from "./memory-reader.ts";
export { recalledBy } from "./recall.ts";
export { isRevoked } from "./revocation.ts";
export { pushRequirements, releaseRequirement, type Requirement } from "./role.ts";
export { fits } from "./pattern.ts";
export { maxUpdates } from "./rotation.ts";
export type { AgentIdentity } from "./run.ts";
export { TrustSet, type SilentServer, type TrustOptions } from "./set.ts";
export { tallySignatures, type Tally } from "./tally.ts";
export type { Standing, Verified, VerifiedCatalog, VerifiedNotification } from "./verified.ts";
