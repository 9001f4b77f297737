/** Row 2: who may do what, and whether a document may be believed. Pure: no I/O, no clock of its own. */
export type { Check, CheckName } from "./checks.ts";
export { emptyMemory, type TrustMemory } from "./memory.ts";
export type { AgentIdentity } from "./run.ts";
export { TrustSet, type TrustOptions } from "./set.ts";
export type { Standing, Verified, VerifiedCatalog, VerifiedNotification } from "./verified.ts";
