/**
 * Every error code, in one table, as programs need it; what it means to people is in `advice.ts`, which agents do not
 * carry. `step` is where it is thrown; `exit` is the command line's exit code (DESIGN 9): 1 refused, 2 usage,
 * 3 unavailable.
 */

/** One row of the table. */
export interface ErrorDefinition {
  /** The step of the story that refuses. */
  readonly step: string;
  /** May the same call succeed later without anything being changed? */
  readonly retryable: boolean;
  /** Exit code of the command line. */
  readonly exit: 1 | 2 | 3;
}

const refused = (step: string): ErrorDefinition => ({ step, retryable: false, exit: 1 });
const usage = (step: string): ErrorDefinition => ({ step, retryable: false, exit: 2 });
const unavailable = (step: string): ErrorDefinition => ({ step, retryable: true, exit: 3 });

/** Every code. The compiler holds this union and the tables equal. */
export type ErrorCode =
  | "FILE_MISSING"
  | "FILE_UNREADABLE"
  | "FILE_EXISTS"
  | "JSON_SYNTAX"
  | "JSON_ENCODING"
  | "JSON_DUPLICATE_KEY"
  | "JSON_FORBIDDEN_KEY"
  | "JSON_TOO_DEEP"
  | "DOCUMENT_TOO_LARGE"
  | "DOCUMENT_INVALID"
  | "DOCUMENT_TYPE"
  | "SIGNATURE_MISSING"
  | "SIGNATURE_TOO_MANY"
  | "SIGNATURE_MALFORMED"
  | "SIGNATURE_UNSUPPORTED"
  | "SIGNATURE_INVALID"
  | "SIGNATURE_TIME"
  | "KEY_UNKNOWN"
  | "KEY_EXPIRED"
  | "KEY_REVOKED"
  | "KEY_ROLE"
  | "KEY_REFUSED"
  | "KEY_MISSING"
  | "KEY_PASSPHRASE"
  | "KEY_SOURCE"
  | "THRESHOLD_NOT_MET"
  | "TRUST_VERSION"
  | "TRUST_EXPIRED"
  | "TRUST_MISSING"
  | "TRUST_LIMIT"
  | "TRUST_PIN"
  | "EXPIRED"
  | "NOT_YET_VALID"
  | "REPLAYED"
  | "ROLLBACK"
  | "RECALLED"
  | "EQUIVOCATION"
  | "STALE"
  | "MANIFEST_MISMATCH"
  | "BINDING_MISMATCH"
  | "PACKAGE_UNKNOWN"
  | "AUDIENCE_UNKNOWN"
  | "ADDRESS_INVALID"
  | "PLAN_INVALID"
  | "PACKAGE_SOURCE"
  | "PACKAGE_PATH"
  | "PACKAGE_SPELLING"
  | "PACKAGE_MALFORMED"
  | "PACKAGE_MISMATCH"
  | "PACKAGE_DIGEST"
  | "PACKAGE_CONFLICT"
  | "PACKAGE_LIMIT"
  | "PACKAGE_ENCODING"
  | "PACKAGE_BASE"
  | "PACKAGE_STALE"
  | "PACKAGE_VERSION"
  | "VARIANT_NONE"
  | "VARIANT_UNREACHABLE"
  | "MESSAGE_AMBIGUOUS"
  | "MESSAGE_LIMIT"
  | "MESSAGE_SEALED"
  | "NOT_FOR_US"
  | "SOURCE_FORBIDDEN"
  | "SOURCE_NONE"
  | "PARTS_MISSING"
  | "AGENT_BUSY"
  | "DIRECTORY_UNSAFE"
  | "DEFERRED"
  | "DEPLOY_FAILED"
  | "HEALTH_FAILED"
  | "HOOK_FAILED"
  | "HALTED"
  | "WITHDRAWN"
  | "NOTHING_KEPT"
  | "QUARANTINED"
  | "DOWNGRADE"
  | "REQUIREMENT"
  | "SPACE"
  | "UNAVAILABLE"
  | "LOGIN_REFUSED"
  | "PORT_BUSY"
  | "SERVER_BUSY"
  | "STORE_FAILED"
  | "TOKEN_INVALID"
  | "AGENT_TWICE"
  | "RECEIPTS_TOO_MANY"
  | "DEPLOYMENT_UNKNOWN"
  | "DEPLOYMENT_STATE"
  | "AUDIT_BROKEN"
  | "AUDIT_FAILED"
  | "CONFIG_INVALID"
  | "TOOL_MISSING"
  | "CANCELLED";

/** The table. Codes never change their meaning; new ones are added, here and in `advice.ts`. */
export const errorTable: Readonly<Record<ErrorCode, ErrorDefinition>> = {
  // Reading what people and machines wrote.
  FILE_MISSING: usage("read"),
  FILE_UNREADABLE: unavailable("read"),
  FILE_EXISTS: usage("write"),
  JSON_SYNTAX: refused("read"),
  JSON_ENCODING: refused("read"),
  JSON_DUPLICATE_KEY: refused("read"),
  JSON_FORBIDDEN_KEY: refused("read"),
  JSON_TOO_DEEP: refused("read"),
  DOCUMENT_TOO_LARGE: refused("recognize"),
  DOCUMENT_INVALID: refused("validate"),
  DOCUMENT_TYPE: refused("authenticate"),

  // Signatures and trust.
  SIGNATURE_MISSING: refused("authenticate"),
  SIGNATURE_TOO_MANY: refused("authenticate"),
  SIGNATURE_MALFORMED: refused("authenticate"),
  SIGNATURE_UNSUPPORTED: refused("authenticate"),
  SIGNATURE_INVALID: refused("authenticate"),
  SIGNATURE_TIME: refused("authenticate"),
  KEY_UNKNOWN: refused("authenticate"),
  KEY_EXPIRED: refused("authenticate"),
  KEY_REVOKED: refused("authenticate"),
  KEY_ROLE: refused("authenticate"),
  KEY_REFUSED: refused("trust"),
  KEY_MISSING: usage("sign"),
  KEY_PASSPHRASE: refused("sign"),
  KEY_SOURCE: unavailable("sign"),
  THRESHOLD_NOT_MET: refused("authenticate"),
  TRUST_VERSION: refused("trust"),
  TRUST_EXPIRED: refused("trust"),
  TRUST_MISSING: usage("trust"),
  TRUST_LIMIT: refused("trust"),
  TRUST_PIN: refused("trust"),

  // Time, order, replay.
  EXPIRED: refused("authenticate"),
  NOT_YET_VALID: refused("authenticate"),
  REPLAYED: refused("authenticate"),
  ROLLBACK: refused("authenticate"),
  RECALLED: refused("authenticate"),
  EQUIVOCATION: refused("authenticate"),
  STALE: unavailable("authenticate"),
  MANIFEST_MISMATCH: refused("authenticate"),

  // Trigger and server.
  BINDING_MISMATCH: refused("authenticate"),
  PACKAGE_UNKNOWN: refused("validate"),
  AUDIENCE_UNKNOWN: refused("validate"),
  ADDRESS_INVALID: refused("validate"),
  PLAN_INVALID: refused("validate"),

  // Package.
  PACKAGE_SOURCE: refused("build"),
  PACKAGE_PATH: refused("build"),
  PACKAGE_SPELLING: refused("build"),
  PACKAGE_MALFORMED: refused("decompress"),
  PACKAGE_MISMATCH: refused("decompress"),
  PACKAGE_DIGEST: refused("obtain"),
  PACKAGE_CONFLICT: refused("publish"),
  PACKAGE_LIMIT: refused("build"),
  PACKAGE_ENCODING: refused("decompress"),
  PACKAGE_BASE: refused("decompress"),
  PACKAGE_STALE: refused("build"),
  PACKAGE_VERSION: refused("build"),
  VARIANT_NONE: refused("deploy"),
  VARIANT_UNREACHABLE: refused("build"),

  // Notification and agent.
  MESSAGE_AMBIGUOUS: refused("recognize"),
  MESSAGE_LIMIT: refused("recognize"),
  MESSAGE_SEALED: refused("recognize"),
  NOT_FOR_US: refused("authenticate"),
  SOURCE_FORBIDDEN: refused("obtain"),
  SOURCE_NONE: unavailable("obtain"),
  PARTS_MISSING: unavailable("obtain"),
  AGENT_BUSY: unavailable("deploy"),
  DIRECTORY_UNSAFE: refused("deploy"),
  DEFERRED: unavailable("deploy"),
  DEPLOY_FAILED: refused("deploy"),
  HEALTH_FAILED: refused("deploy"),
  HOOK_FAILED: refused("deploy"),
  HALTED: refused("deploy"),
  WITHDRAWN: refused("deploy"),
  NOTHING_KEPT: refused("deploy"),
  QUARANTINED: refused("deploy"),
  DOWNGRADE: refused("deploy"),
  REQUIREMENT: refused("deploy"),
  SPACE: unavailable("deploy"),

  // Network and processes.
  UNAVAILABLE: unavailable("transport"),
  LOGIN_REFUSED: unavailable("transport"),
  PORT_BUSY: unavailable("serve"),
  SERVER_BUSY: unavailable("serve"),
  STORE_FAILED: unavailable("store"),
  TOKEN_INVALID: refused("enrol"),
  AGENT_TWICE: refused("authenticate"),
  RECEIPTS_TOO_MANY: unavailable("authenticate"),
  DEPLOYMENT_UNKNOWN: refused("control"),
  DEPLOYMENT_STATE: refused("control"),
  AUDIT_BROKEN: refused("audit"),
  AUDIT_FAILED: unavailable("audit"),
  CONFIG_INVALID: usage("configure"),
  TOOL_MISSING: unavailable("configure"),
  CANCELLED: unavailable("any"),
};
