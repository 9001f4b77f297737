/**
 * What each error code means to people, and what they can do about it. `docs/reference/errors.md` is made from it.
 * Apart from the table, so that no agent carries it: an agent's errors say what happened themselves.
 */
import type { ErrorCode } from "./table.ts";

/** One code, for people. */
export interface ErrorAdvice {
  /** What it means, in one sentence. */
  readonly meaning: string;
  /** What to do about it, in one sentence. */
  readonly remedy: string;
}

/** Advice for every code. */
export const errorAdvice: Readonly<Record<ErrorCode, ErrorAdvice>> = {
  // Reading what people and machines wrote.
  FILE_MISSING: {
    meaning: "A named file does not exist.",
    remedy: "Check the path.",
  },
  FILE_UNREADABLE: {
    meaning: "A file or folder cannot be read or written.",
    remedy: "Check its permissions, the disk and its free space.",
  },
  FILE_EXISTS: {
    meaning: "A file that would be written exists already.",
    remedy: "Name another, or pass --force.",
  },
  JSON_SYNTAX: {
    meaning: "The text is not JSON.",
    remedy: "Mend the text at the line and column named.",
  },
  JSON_ENCODING: {
    meaning: "The bytes are not UTF-8.",
    remedy: "Save the file as UTF-8 without a byte order mark.",
  },
  JSON_DUPLICATE_KEY: {
    meaning: "An object has the same key twice.",
    remedy: "Remove one of the two.",
  },
  JSON_FORBIDDEN_KEY: {
    meaning: "An object has a key such as __proto__.",
    remedy: "Remove it.",
  },
  JSON_TOO_DEEP: {
    meaning: "The text is nested too deeply.",
    remedy: "Flatten it: 64 levels are allowed.",
  },
  DOCUMENT_TOO_LARGE: {
    meaning: "A document is larger than its type allows.",
    remedy:
      "Make it smaller: a manifest may have 32 MiB, a notification or a catalog 1 MiB, a trust document 512,000 bytes, any other 64 KiB.",
  },
  DOCUMENT_INVALID: {
    meaning: "A document does not match its schema.",
    remedy: "Mend the member that the JSON pointer names.",
  },
  DOCUMENT_TYPE: {
    meaning: "The signed document says another type than its envelope.",
    remedy: "Somebody re-used a signature for another purpose; find out who.",
  },

  // Signatures and trust.
  SIGNATURE_MISSING: {
    meaning: "There is no signature.",
    remedy: "Sign it with `outrider sign`; beside a copy belongs the `.asc` of the original.",
  },
  SIGNATURE_TOO_MANY: {
    meaning: "There are more than 16 signatures.",
    remedy: "Remove what is not needed.",
  },
  SIGNATURE_MALFORMED: {
    meaning: "A signature cannot be read.",
    remedy: "Sign it again.",
  },
  SIGNATURE_UNSUPPORTED: {
    meaning:
      "A signature is of a kind that Outrider refuses (text mode, weak hash, unknown algorithm).",
    remedy:
      "Sign with Ed25519, ECDSA P-256/P-384 or RSA of 3072 bits or more, SHA-256 or better, binary mode.",
  },
  SIGNATURE_INVALID: {
    meaning: "A signature does not fit the content.",
    remedy: "Get an unaltered copy.",
  },
  SIGNATURE_TIME: {
    meaning: "A signature is dated in the future, before its key, or is past its own expiry.",
    remedy: "Check the clock, or sign again.",
  },
  KEY_UNKNOWN: {
    meaning: "No key of the trust document made the signature.",
    remedy: "Add the key, or sign with a known one.",
  },
  KEY_EXPIRED: {
    meaning: "The signing key is past its notAfter.",
    remedy: "Sign with a current key.",
  },
  KEY_REVOKED: {
    meaning: "The signing key is revoked by the trust document.",
    remedy: "Sign with another key.",
  },
  KEY_ROLE: {
    meaning: "The key may not sign this.",
    remedy: "Give the key the role in the trust document, or use another.",
  },
  KEY_REFUSED: {
    meaning: "An OpenPGP certificate is not fit to be trusted.",
    remedy:
      "The message says why. Use a key that is neither expired nor revoked and signs with Ed25519, ECDSA P-256 or P-384, or RSA of 3072 bits or more; `outrider keys generate` makes one.",
  },
  KEY_MISSING: {
    meaning: "No secret key is there to sign with.",
    remedy: "Name one with --key, or make one with `outrider keys generate`.",
  },
  KEY_PASSPHRASE: {
    meaning: "The passphrase does not open the key.",
    remedy: "Give the right passphrase.",
  },
  KEY_SOURCE: {
    meaning: "The program or service that holds the key did not sign.",
    remedy: "Look at its message.",
  },
  THRESHOLD_NOT_MET: {
    meaning: "Too few different keys have signed.",
    remedy: "Ask the others to sign.",
  },
  TRUST_VERSION: {
    meaning: "A trust document does not follow the one before it.",
    remedy: "Apply the versions one at a time.",
  },
  TRUST_EXPIRED: {
    meaning: "The trust document has expired.",
    remedy: "Publish its next version.",
  },
  TRUST_MISSING: {
    meaning: "There is no trust document.",
    remedy: "Make one with `outrider trust init`.",
  },
  TRUST_LIMIT: {
    meaning: "More trust updates in one run than allowed.",
    remedy: "Start again: progress is kept.",
  },
  TRUST_PIN: {
    meaning: "The server shows no trust document of the digest that was given out of band.",
    remedy: "Compare the digest with what `outrider agents token` says, and the server's URL.",
  },

  // Time, order, replay.
  EXPIRED: {
    meaning: "The document is past its expiry.",
    remedy: "Make a new one.",
  },
  NOT_YET_VALID: {
    meaning: "The document is dated in the future.",
    remedy: "Check the clocks.",
  },
  REPLAYED: {
    meaning: "The document was seen before.",
    remedy: "Make a new one.",
  },
  ROLLBACK: {
    meaning: "A version or sequence would fall.",
    remedy: "Publish a higher one, or use allowDowngrade.",
  },
  RECALLED: {
    meaning: "The release was recalled.",
    remedy: "Publish a new version.",
  },
  EQUIVOCATION: {
    meaning: "Two transports show different catalogs of one sequence.",
    remedy: "Somebody tampers with a transport, or two servers share a key.",
  },
  STALE: {
    meaning: "The catalog is past its expiry: news may be held back.",
    remedy: "Other transports are tried; check the server.",
  },
  MANIFEST_MISMATCH: {
    meaning: "The manifest is not the one that the trigger orders.",
    remedy: "Get the manifest that belongs to the trigger.",
  },

  // Trigger and server.
  BINDING_MISMATCH: {
    meaning: "The trigger is not bound to the contents of this package.",
    remedy: "Make the trigger from the package itself.",
  },
  PACKAGE_UNKNOWN: {
    meaning: "The package is not on the host.",
    remedy: "Publish it first: `outrider publish DIRECTORY`.",
  },
  AUDIENCE_UNKNOWN: {
    meaning: "A group or agent of the audience is not registered.",
    remedy: "Check its name, or register it.",
  },
  ADDRESS_INVALID: {
    meaning: "An address is not well-formed.",
    remedy: "Mend it; only plain addr-spec is accepted.",
  },
  PLAN_INVALID: {
    meaning: "The rollout plan does not make sense.",
    remedy: "Mend the waves.",
  },

  // Package.
  PACKAGE_SOURCE: {
    meaning: "The source manifest cannot be built.",
    remedy: "Mend what the message names.",
  },
  PACKAGE_PATH: {
    meaning: "A path is not allowed in a package.",
    remedy: "Rename the file.",
  },
  PACKAGE_SPELLING: {
    meaning:
      "The source manifest spells a path otherwise than the disk (letter case, or form of a Unicode letter).",
    remedy: "Write it as the disk does: not every machine takes the two for one.",
  },
  PACKAGE_MALFORMED: {
    meaning: "The archive is not of the strict form.",
    remedy: "Get an unaltered copy.",
  },
  PACKAGE_MISMATCH: {
    meaning: "The archive does not hold what the manifest lists.",
    remedy: "Get an unaltered copy.",
  },
  PACKAGE_DIGEST: {
    meaning: "The archive's length or SHA-256 is not the signed one.",
    remedy: "Another source is tried.",
  },
  PACKAGE_CONFLICT: {
    meaning: "Another manifest was published for this version: one release has one manifest.",
    remedy: "Raise the version.",
  },
  PACKAGE_LIMIT: {
    meaning: "The package is past a limit of the format.",
    remedy: "Split it.",
  },
  PACKAGE_ENCODING: {
    meaning: "An entry has an encoding that this runtime cannot read.",
    remedy: "Use the full package, or a newer Node.",
  },
  PACKAGE_BASE: {
    meaning: "A patch archive needs a release that is not here, or is not as it was released.",
    remedy:
      "Use the full package; agents do so by themselves. To publish or verify, have the older release at hand.",
  },
  PACKAGE_STALE: {
    meaning: "A built package is not what its source manifest and files are now.",
    remedy: "Build it again before you sign or push it.",
  },
  PACKAGE_VERSION: {
    meaning: "The version is not above one that is published or built already.",
    remedy: "Write a higher version: machines do not go back by themselves.",
  },
  VARIANT_NONE: {
    meaning: "No variant of the package fits this machine.",
    remedy: "Add one, or leave the machine out of the audience.",
  },
  VARIANT_UNREACHABLE: {
    meaning: "No machine ever gets a variant: earlier ones fit every machine that it fits.",
    remedy: "Move it before them, narrow them, or remove it.",
  },

  // Notification and agent.
  MESSAGE_AMBIGUOUS: {
    meaning: "A mail can be read in more than one way.",
    remedy: "Send it as Outrider makes it.",
  },
  MESSAGE_LIMIT: {
    meaning: "A mail is past the limits of size, parts or depth.",
    remedy: "Send it as Outrider makes it.",
  },
  MESSAGE_SEALED: {
    meaning: "An encrypted archive or part in a mail cannot be opened here.",
    remedy:
      "Name the agent's decryptionKeyFile, and give the server the public key that belongs to it.",
  },
  NOT_FOR_US: {
    meaning: "The notification's audience does not include this agent.",
    remedy: "Check the agent's groups.",
  },
  SOURCE_FORBIDDEN: {
    meaning: "A source points outside what the agent's own configuration allows.",
    remedy: "Only configured roots and hosts are used.",
  },
  PARTS_MISSING: {
    meaning: "An archive comes by mail in parts, and not all of them are here yet.",
    remedy: "They are waited for, and asked for again after a while.",
  },
  SOURCE_NONE: {
    meaning: "No source delivered the archive.",
    remedy: "Tried again later.",
  },
  AGENT_BUSY: {
    meaning: "Another agent works on this directory.",
    remedy: "Stop the other one.",
  },
  DIRECTORY_UNSAFE: {
    meaning: "Others may write to a directory that only the agent may write to.",
    remedy: "Take their permission away (mode 0700), or name another directory.",
  },
  DEFERRED: {
    meaning: "The policy of this machine, or a file in use, puts the work off.",
    remedy: "Done by itself when the policy allows it and the file is free.",
  },
  DEPLOY_FAILED: {
    meaning: "The new version could not be put in place.",
    remedy: "The old version runs; see the cause.",
  },
  HEALTH_FAILED: {
    meaning: "The new version failed its health check.",
    remedy: "The old version runs; mend the release.",
  },
  HOOK_FAILED: {
    meaning: "A hook of the package failed.",
    remedy: "The old version runs; mend the release.",
  },
  HALTED: {
    meaning: "The deployment was stopped by those who may push to its audience.",
    remedy: "Push the release again if it is wanted after all.",
  },
  WITHDRAWN: {
    meaning: "A person on this machine went back to the version before.",
    remedy: "Publish a higher version: this one is not installed here again.",
  },
  NOTHING_KEPT: {
    meaning: "The version before is not kept, so there is no way back to it.",
    remedy: "Push the earlier release with `allowDowngrade`.",
  },
  QUARANTINED: {
    meaning: "This release failed here before.",
    remedy: "Publish a higher version.",
  },
  DOWNGRADE: {
    meaning: "The release is older than what is installed.",
    remedy: "Use allowDowngrade in the trigger.",
  },
  REQUIREMENT: {
    meaning: "Another package or an earlier version is required first.",
    remedy: "Install it first.",
  },
  SPACE: {
    meaning: "There is too little free space.",
    remedy: "Free some.",
  },

  // Network and processes.
  UNAVAILABLE: {
    meaning: "A server, share or network does not answer.",
    remedy: "Tried again later.",
  },
  LOGIN_REFUSED: {
    meaning: "A server refuses the login.",
    remedy: "Check user and password; tried again later, and a new password file needs no restart.",
  },
  PORT_BUSY: {
    meaning: "The port is taken.",
    remedy: "Choose another, or end what uses it.",
  },
  SERVER_BUSY: {
    meaning: "Another server works on this data directory.",
    remedy: "Send the message to that one, or stop it.",
  },
  STORE_FAILED: {
    meaning: "The store refused.",
    remedy: "See the cause.",
  },
  TOKEN_INVALID: {
    meaning: "The enrolment token is unknown, used or too old, or is not for this agent.",
    remedy: "Ask whoever runs the server for a new one.",
  },
  AGENT_TWICE: {
    meaning: "Two machines use one agent's id and key, as copies of one image do.",
    remedy:
      "Remove key.json and state.json on all but one of them, and enroll each anew under an id of its own.",
  },
  RECEIPTS_TOO_MANY: {
    meaning: "One agent sends more receipts than an honest one does.",
    remedy: "Look at that machine, or take its key off the register.",
  },
  DEPLOYMENT_UNKNOWN: {
    meaning: "There is no deployment with this id.",
    remedy:
      "List them with `outrider status`; the root keys recall a release without one, with `outrider trust recall`.",
  },
  DEPLOYMENT_STATE: {
    meaning: "The deployment's present state does not allow this.",
    remedy: "Look at it with `outrider status`.",
  },
  AUDIT_BROKEN: {
    meaning: "A line of the audit log does not follow the one before it.",
    remedy: "Compare it with a copy: somebody changed it, or the disk did.",
  },
  AUDIT_FAILED: {
    meaning: "The audit log cannot be written, so nothing is accepted.",
    remedy: "Look at the disk, then start the server again.",
  },
  CONFIG_INVALID: {
    meaning: "An option or configuration file is wrong.",
    remedy: "Mend what the message names.",
  },
  TOOL_MISSING: {
    meaning: "A program that this needs is not installed.",
    remedy: "Install it.",
  },
  CANCELLED: {
    meaning: "The work was cancelled.",
    remedy: "Start it again.",
  },
};
