/**
 * Every error code, in one table. `docs/reference/errors.md` is held to it by a test.
 * `step` is where it is thrown; `exit` is the command line's exit code (DESIGN 9): 1 refused, 2 usage, 3 unavailable.
 */

/** One row of the table. */
export interface ErrorDefinition {
  /** The step of the story that refuses. */
  readonly step: string;
  /** May the same call succeed later without anything being changed? */
  readonly retryable: boolean;
  /** Exit code of the command line. */
  readonly exit: 1 | 2 | 3;
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** What to do about it, in one sentence. */
  readonly remedy: string;
}

const refused = (step: string, meaning: string, remedy: string): ErrorDefinition => ({
  step,
  retryable: false,
  exit: 1,
  meaning,
  remedy,
});
const usage = (step: string, meaning: string, remedy: string): ErrorDefinition => ({
  step,
  retryable: false,
  exit: 2,
  meaning,
  remedy,
});
const unavailable = (step: string, meaning: string, remedy: string): ErrorDefinition => ({
  step,
  retryable: true,
  exit: 3,
  meaning,
  remedy,
});

/** Every code. The compiler holds this union and the table below equal. */
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
  | "VARIANT_NONE"
  | "VARIANT_UNREACHABLE"
  | "MESSAGE_AMBIGUOUS"
  | "MESSAGE_LIMIT"
  | "NOT_FOR_US"
  | "SOURCE_FORBIDDEN"
  | "SOURCE_NONE"
  | "AGENT_BUSY"
  | "DIRECTORY_UNSAFE"
  | "DEFERRED"
  | "DEPLOY_FAILED"
  | "HEALTH_FAILED"
  | "HOOK_FAILED"
  | "QUARANTINED"
  | "DOWNGRADE"
  | "REQUIREMENT"
  | "SPACE"
  | "UNAVAILABLE"
  | "LOGIN_REFUSED"
  | "PORT_BUSY"
  | "STORE_FAILED"
  | "TOKEN_INVALID"
  | "DEPLOYMENT_UNKNOWN"
  | "DEPLOYMENT_STATE"
  | "AUDIT_BROKEN"
  | "AUDIT_FAILED"
  | "CONFIG_INVALID"
  | "TOOL_MISSING"
  | "CANCELLED";

/** The table. Codes never change their meaning; new ones are added. */
export const errorTable: Readonly<Record<ErrorCode, ErrorDefinition>> = {
  // Reading what people and machines wrote.
  FILE_MISSING: usage("read", "A named file does not exist.", "Check the path."),
  FILE_UNREADABLE: unavailable(
    "read",
    "A file or folder cannot be read or written.",
    "Check its permissions, the disk and its free space.",
  ),
  FILE_EXISTS: usage(
    "write",
    "A file that would be written exists already.",
    "Name another, or pass --force.",
  ),
  JSON_SYNTAX: refused(
    "read",
    "The text is not JSON.",
    "Mend the text at the line and column named.",
  ),
  JSON_ENCODING: refused(
    "read",
    "The bytes are not UTF-8.",
    "Save the file as UTF-8 without a byte order mark.",
  ),
  JSON_DUPLICATE_KEY: refused(
    "read",
    "An object has the same key twice.",
    "Remove one of the two.",
  ),
  JSON_FORBIDDEN_KEY: refused("read", "An object has a key such as __proto__.", "Remove it."),
  JSON_TOO_DEEP: refused(
    "read",
    "The text is nested too deeply.",
    "Flatten it: 64 levels are allowed.",
  ),
  DOCUMENT_TOO_LARGE: refused(
    "recognize",
    "A document is larger than its type allows.",
    "See the limits in DESIGN 5.",
  ),
  DOCUMENT_INVALID: refused(
    "validate",
    "A document does not match its schema.",
    "Mend the member that the JSON pointer names.",
  ),
  DOCUMENT_TYPE: refused(
    "authenticate",
    "The signed document says another type than its envelope.",
    "Somebody re-used a signature for another purpose; find out who.",
  ),

  // Signatures and trust.
  SIGNATURE_MISSING: refused(
    "authenticate",
    "There is no signature.",
    "Sign it with `outrider sign`.",
  ),
  SIGNATURE_TOO_MANY: refused(
    "authenticate",
    "There are more than 16 signatures.",
    "Remove what is not needed.",
  ),
  SIGNATURE_MALFORMED: refused("authenticate", "A signature cannot be read.", "Sign it again."),
  SIGNATURE_UNSUPPORTED: refused(
    "authenticate",
    "A signature is of a kind that Outrider refuses (text mode, weak hash, unknown algorithm).",
    "Sign with Ed25519, ECDSA P-256/P-384 or RSA of 3072 bits or more, SHA-256 or better, binary mode.",
  ),
  SIGNATURE_INVALID: refused(
    "authenticate",
    "A signature does not fit the content.",
    "Get an unaltered copy.",
  ),
  SIGNATURE_TIME: refused(
    "authenticate",
    "A signature is dated in the future, before its key, or is past its own expiry.",
    "Check the clock, or sign again.",
  ),
  KEY_UNKNOWN: refused(
    "authenticate",
    "No key of the trust document made the signature.",
    "Add the key, or sign with a known one.",
  ),
  KEY_EXPIRED: refused(
    "authenticate",
    "The signing key is past its notAfter.",
    "Sign with a current key.",
  ),
  KEY_REVOKED: refused(
    "authenticate",
    "The signing key is revoked by the trust document.",
    "Sign with another key.",
  ),
  KEY_ROLE: refused(
    "authenticate",
    "The key may not sign this.",
    "Give the key the role in the trust document, or use another.",
  ),
  KEY_REFUSED: refused(
    "trust",
    "An OpenPGP certificate is not fit to be trusted.",
    "Make a key that meets DESIGN 4.",
  ),
  KEY_MISSING: usage(
    "sign",
    "No secret key is there to sign with.",
    "Name one with --key, or make one with `outrider keys generate`.",
  ),
  KEY_PASSPHRASE: refused(
    "sign",
    "The passphrase does not open the key.",
    "Give the right passphrase.",
  ),
  KEY_SOURCE: unavailable(
    "sign",
    "The program or service that holds the key did not sign.",
    "Look at its message.",
  ),
  THRESHOLD_NOT_MET: refused(
    "authenticate",
    "Too few different keys have signed.",
    "Ask the others to sign.",
  ),
  TRUST_VERSION: refused(
    "trust",
    "A trust document does not follow the one before it.",
    "Apply the versions one at a time.",
  ),
  TRUST_EXPIRED: refused("trust", "The trust document has expired.", "Publish its next version."),
  TRUST_MISSING: usage(
    "trust",
    "There is no trust document.",
    "Make one with `outrider trust init`.",
  ),
  TRUST_LIMIT: refused(
    "trust",
    "More trust updates in one run than allowed.",
    "Start again: progress is kept.",
  ),

  // Time, order, replay.
  EXPIRED: refused("authenticate", "The document is past its expiry.", "Make a new one."),
  NOT_YET_VALID: refused(
    "authenticate",
    "The document is dated in the future.",
    "Check the clocks.",
  ),
  REPLAYED: refused("authenticate", "The document was seen before.", "Make a new one."),
  ROLLBACK: refused(
    "authenticate",
    "A version or sequence would fall.",
    "Publish a higher one, or use allowDowngrade.",
  ),
  RECALLED: refused("authenticate", "The release was recalled.", "Publish a new version."),
  EQUIVOCATION: refused(
    "authenticate",
    "Two transports show different catalogs of one sequence.",
    "Somebody tampers with a transport, or two servers share a key.",
  ),
  STALE: unavailable(
    "authenticate",
    "The catalog is past its expiry: news may be held back.",
    "Other transports are tried; check the server.",
  ),
  MANIFEST_MISMATCH: refused(
    "authenticate",
    "The manifest is not the one that the trigger orders.",
    "Get the manifest that belongs to the trigger.",
  ),

  // Trigger and server.
  BINDING_MISMATCH: refused(
    "authenticate",
    "The trigger is not bound to the contents of this package.",
    "Make the trigger from the package itself.",
  ),
  PACKAGE_UNKNOWN: refused("validate", "The package is not on the host.", "Publish it first."),
  AUDIENCE_UNKNOWN: refused(
    "validate",
    "A group or agent of the audience is not registered.",
    "Check its name, or register it.",
  ),
  ADDRESS_INVALID: refused(
    "validate",
    "An address is not well-formed.",
    "Mend it; only plain addr-spec is accepted.",
  ),
  PLAN_INVALID: refused("validate", "The rollout plan does not make sense.", "Mend the waves."),

  // Package.
  PACKAGE_SOURCE: refused(
    "build",
    "The source manifest cannot be built.",
    "Mend what the message names.",
  ),
  PACKAGE_PATH: refused("build", "A path is not allowed in a package.", "Rename the file."),
  PACKAGE_SPELLING: refused(
    "build",
    "The source manifest spells a path otherwise than the disk (letter case, or form of a Unicode letter).",
    "Write it as the disk does: not every machine takes the two for one.",
  ),
  PACKAGE_MALFORMED: refused(
    "decompress",
    "The archive is not of the strict form.",
    "Get an unaltered copy.",
  ),
  PACKAGE_MISMATCH: refused(
    "decompress",
    "The archive does not hold what the manifest lists.",
    "Get an unaltered copy.",
  ),
  PACKAGE_DIGEST: refused(
    "obtain",
    "The archive's length or SHA-256 is not the signed one.",
    "Another source is tried.",
  ),
  PACKAGE_CONFLICT: refused(
    "publish",
    "Another manifest was published for this version: one release has one manifest.",
    "Raise the version.",
  ),
  PACKAGE_LIMIT: refused("build", "The package is past a limit of the format.", "Split it."),
  PACKAGE_ENCODING: refused(
    "decompress",
    "An entry has an encoding that this runtime cannot read.",
    "Use the full package, or a newer Node.",
  ),
  VARIANT_NONE: refused(
    "deploy",
    "No variant of the package fits this machine.",
    "Add one, or leave the machine out of the audience.",
  ),
  VARIANT_UNREACHABLE: refused(
    "build",
    "No machine ever gets a variant: earlier ones fit every machine that it fits.",
    "Move it before them, narrow them, or remove it.",
  ),

  // Notification and agent.
  MESSAGE_AMBIGUOUS: refused(
    "recognize",
    "A mail can be read in more than one way.",
    "Send it as Outrider makes it.",
  ),
  MESSAGE_LIMIT: refused(
    "recognize",
    "A mail is past the limits of size, parts or depth.",
    "Send it as Outrider makes it.",
  ),
  NOT_FOR_US: refused(
    "authenticate",
    "The notification's audience does not include this agent.",
    "Check the agent's groups.",
  ),
  SOURCE_FORBIDDEN: refused(
    "obtain",
    "A source points outside what the agent's own configuration allows.",
    "Only configured roots and hosts are used.",
  ),
  SOURCE_NONE: unavailable("obtain", "No source delivered the archive.", "Tried again later."),
  AGENT_BUSY: unavailable(
    "deploy",
    "Another agent works on this directory.",
    "Stop the other one.",
  ),
  DIRECTORY_UNSAFE: refused(
    "deploy",
    "Others may write to a directory that only the agent may write to.",
    "Take their permission away (mode 0700), or name another directory.",
  ),
  DEFERRED: unavailable(
    "deploy",
    "The policy of this machine puts the work off.",
    "Done by itself when the policy allows it.",
  ),
  DEPLOY_FAILED: refused(
    "deploy",
    "The new version could not be put in place.",
    "The old version runs; see the cause.",
  ),
  HEALTH_FAILED: refused(
    "deploy",
    "The new version failed its health check.",
    "The old version runs; mend the release.",
  ),
  HOOK_FAILED: refused(
    "deploy",
    "A hook of the package failed.",
    "The old version runs; mend the release.",
  ),
  QUARANTINED: refused("deploy", "This release failed here before.", "Publish a higher version."),
  DOWNGRADE: refused(
    "deploy",
    "The release is older than what is installed.",
    "Use allowDowngrade in the trigger.",
  ),
  REQUIREMENT: refused(
    "deploy",
    "Another package or an earlier version is required first.",
    "Install it first.",
  ),
  SPACE: unavailable("deploy", "There is too little free space.", "Free some."),

  // Network and processes.
  UNAVAILABLE: unavailable(
    "transport",
    "A server, share or network does not answer.",
    "Tried again later.",
  ),
  LOGIN_REFUSED: unavailable(
    "transport",
    "A server refuses the login.",
    "Check user and password; tried again later, and a new password file needs no restart.",
  ),
  PORT_BUSY: unavailable("serve", "The port is taken.", "Choose another, or end what uses it."),
  STORE_FAILED: unavailable("store", "The store refused.", "See the cause."),
  TOKEN_INVALID: refused(
    "enrol",
    "The enrolment token is unknown, used or too old, or is not for this agent.",
    "Ask whoever runs the server for a new one.",
  ),
  DEPLOYMENT_UNKNOWN: refused(
    "control",
    "There is no deployment with this id.",
    "List them with `outrider status`.",
  ),
  DEPLOYMENT_STATE: refused(
    "control",
    "The deployment's present state does not allow this.",
    "Look at it with `outrider status`.",
  ),
  AUDIT_BROKEN: refused(
    "audit",
    "A line of the audit log does not follow the one before it.",
    "Compare it with a copy: somebody changed it, or the disk did.",
  ),
  AUDIT_FAILED: unavailable(
    "audit",
    "The audit log cannot be written, so nothing is accepted.",
    "Look at the disk, then start the server again.",
  ),
  CONFIG_INVALID: usage(
    "configure",
    "An option or configuration file is wrong.",
    "Mend what the message names.",
  ),
  TOOL_MISSING: unavailable(
    "configure",
    "A program that this needs is not installed.",
    "Install it.",
  ),
  CANCELLED: unavailable("any", "The work was cancelled.", "Start it again."),
};
