/**
 * Row 1: detached OpenPGP signatures over exact bytes, with nothing but node:crypto. This face is what agents and
 * servers use; making and judging people's keys is `signing/openpgp`, asking others to sign `signing/sources`.
 */
export { agentKeySource, createAgentKey, trustAgentKey, type AgentKey } from "./agent-key.ts";
export { joinSignatures, splitSignatures } from "./blocks.ts";
export { sha256Hex } from "./digest.ts";
export { fingerprintOf, readPublicKey } from "./key.ts";
export { maxSignatures } from "./packet.ts";
export {
  clockSkewMs,
  verifySignature,
  verifySignatures,
  type SignatureVerdict,
  type VerifiedSignature,
} from "./verify.ts";
