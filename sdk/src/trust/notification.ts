/**
 * A notification and everything inside it, checked to the end: the server only carries, so the push and the release
 * signatures inside are held to the same rules as anywhere (DESIGN 4: a stolen server key can never install).
 * Fig. 4, step 84.
 */
import { OutriderError, say } from "../errors/index.ts";
import { sealEnvelope, type DocumentType, type SealedDocument } from "../messages/index.ts";
import type {
  Audience,
  Envelope,
  Notification,
  PackageReference,
  Trigger,
} from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import { verifyManifest } from "./manifest.ts";
import { serverMemory, withServer, type NotificationMemory, type TrustMemory } from "./memory.ts";
import { checkRelease, rememberRelease, type Floor } from "./release.ts";
import { includes, requireRole, serverRequirement } from "./role.ts";
import type { Outcome, Run } from "./run.ts";
import { describeStanding, rememberNotification, standingOf } from "./sequence.ts";
import { readSigned } from "./signers.ts";
import { requireCurrent } from "./time.ts";
import { verifyTrigger } from "./trigger.ts";
import { asVerified, type VerifiedNotification } from "./verified.ts";

/** @throws what TrustSet.verifyNotification throws */
export function verifyNotification(
  run: Run,
  sealed: SealedDocument<"notification/1">,
): Outcome<VerifiedNotification> {
  const { checks, memory } = run;
  const { document, signers } = readSigned(sealed, run.trust, run.now, checks);
  const counted = requireRole(signers, serverRequirement(run.trust), sealed.type, checks);
  requireCurrent(checks, document, run.now, say("The notification {0}", document.id));

  const trigger = verifyTrigger(run, openInner(run, document.trigger, "trigger/1"));
  checkDeployment(run, document, trigger.document);
  checkForUs(run, trigger.document.audience);
  const manifest =
    document.manifest === undefined
      ? undefined
      : verifyManifest(run, openInner(run, document.manifest, "manifest/1"), trigger);

  const keys = counted.map(({ fingerprint }) => fingerprint);
  const { name } = trigger.document.package;
  const word: NotificationMemory = {
    name,
    sequence: document.sequence,
    sha256: sha256Hex(sealed.bytes),
    trigger: trigger.document.id,
  };
  const standing = checks.make(
    sealed.type,
    "sequence",
    () => standingOf(memory, keys, word),
    (standing) => describeStanding(standing, word.sequence),
  );
  checks.make(
    sealed.type,
    "version",
    () => checkRelease(trigger.document, floorsOf(memory, keys, name)),
    () => say("{0} does not fall below what was seen.", name),
  );

  const remembered = alignCatalogs(
    rememberNotification(memory, keys, word),
    keys,
    trigger.document.package,
  );
  const verified = asVerified(sealed, document, counted);
  return {
    result: { ...verified, standing, trigger, ...(manifest === undefined ? {} : { manifest }) },
    memory: { ...remembered, packages: rememberRelease(memory.packages, trigger.document) },
  };
}

/** @throws DOCUMENT_TYPE when something else is inside */
function openInner<T extends DocumentType>(
  { checks }: Run,
  envelope: Envelope,
  type: T,
): SealedDocument<T> {
  return checks.make(
    type,
    "form",
    () => sealEnvelope(envelope, type),
    () => say("The notification carries a {0}.", type),
  );
}

/**
 * A deployment is its trigger's: under a name of the server's own choice, whoever has its key could go on with what
 * people have halted.
 *
 * @throws DOCUMENT_INVALID
 */
function checkDeployment({ checks }: Run, { deployment }: Notification, { id }: Trigger): void {
  checks.make(
    "notification/1",
    "form",
    () => {
      if (deployment !== id)
        throw new OutriderError(
          "DOCUMENT_INVALID",
          say(
            "The notification speaks of the deployment {0}; its trigger makes {1}.",
            deployment,
            id,
          ),
          { subject: "notification/1", pointer: "/deployment" },
        );
    },
    () => say("It names the deployment that its trigger makes."),
  );
}

/** @throws NOT_FOR_US before anything is remembered: what is meant for others must not move our floors */
function checkForUs({ agent, checks }: Run, audience: Audience): void {
  if (agent === undefined) return;
  checks.make(
    "trigger/1",
    "audience",
    () => {
      if (!includes(audience, agent))
        throw new OutriderError(
          "NOT_FOR_US",
          say("The audience does not include the agent {0} or its groups.", agent.id),
        );
    },
    () => say("The agent {0} is meant.", agent.id),
  );
}

/** What the package may not fall below: what was proved, and what the same servers' catalogs showed. */
function floorsOf(memory: TrustMemory, keys: readonly string[], name: string): Floor[] {
  const proved = memory.packages.filter((entry) => entry.name === name);
  const shown = keys.flatMap((key) => {
    const entry = serverMemory(memory, key).catalog?.packages.find((entry) => entry.name === name);
    return entry === undefined ? [] : [{ ...entry, by: say("the catalog of server {0}", key) }];
  });
  return [...proved.map((entry) => ({ ...entry, by: say("an earlier notification") })), ...shown];
}

/** The servers' catalogs may show what was proved from now on, after an allowed downgrade the lower version. */
function alignCatalogs(
  memory: TrustMemory,
  keys: readonly string[],
  { name, version, manifest }: PackageReference,
): TrustMemory {
  return keys.reduce((memory, key) => {
    const server = serverMemory(memory, key);
    if (server.catalog === undefined) return memory;
    const packages = server.catalog.packages.map((entry) =>
      entry.name === name ? { name, version, manifest } : entry,
    );
    return withServer(memory, { ...server, catalog: { ...server.catalog, packages } });
  }, memory);
}
