/** Is this order given by those who may push to everybody whom it names? Fig. 3, step 64. */
import { OutriderError, say } from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import type { Audience, TrustedKey } from "../schema/index.ts";
import { checkNotRecalled } from "./recall.ts";
import { checkUnseen, type Order } from "./replay.ts";
import { pushRequirements, requireRole } from "./role.ts";
import type { Run } from "./run.ts";
import { readSigned } from "./signers.ts";
import { requireCurrent } from "./time.ts";
import { asVerified, type Verified } from "./verified.ts";

/**
 * A trigger, wherever it came from; whether it took effect before is not asked.
 *
 * @throws what TrustSet.verifyTrigger throws, but for REPLAYED
 */
export function verifyTrigger(
  run: Run,
  sealed: SealedDocument<"trigger/1">,
): Verified<"trigger/1"> {
  const { document, signers } = readSigned(sealed, run.trust, run.now, run.checks);
  const counted = requirePush(run, signers, document.audience, sealed.type);
  requireCurrent(run.checks, document, run.now, say("The trigger {0}", document.id));
  checkNotRecalled(run, document.package.manifest, sealed.type);
  return asVerified(sealed, document, counted);
}

/**
 * Pause, resume, halt, approve, recall: given by those who may push to the deployment's audience.
 *
 * @throws what TrustSet.verifyControl throws
 */
export function verifyControl(
  run: Run,
  sealed: SealedDocument<"control/1">,
  audience: Audience,
): Verified<"control/1"> {
  const { document, signers } = readSigned(sealed, run.trust, run.now, run.checks);
  const counted = requirePush(run, signers, audience, sealed.type);
  requireCurrent(run.checks, document, run.now, say("The control {0}", document.id));
  run.checks.make(
    sealed.type,
    "form",
    () => {
      if (document.action === "recall" && document.manifest === undefined)
        throw new OutriderError(
          "DOCUMENT_INVALID",
          say("A recall must name the manifest that it recalls."),
          {
            subject: sealed.type,
            pointer: "/manifest",
          },
        );
    },
    () => say("It asks for: {0}.", document.action),
  );
  checkNew(run, document, sealed.type);
  return asVerified(sealed, document, counted);
}

/** @throws REPLAYED */
export function checkNew(run: Run, order: Order, subject: string): void {
  run.checks.make(
    subject,
    "replay",
    () => checkUnseen(run.memory.seen, order, subject),
    () => say("The id {0} was not seen before.", order.id),
  );
}

/** Everybody whose consent the audience takes, each role with its own threshold. */
function requirePush(
  run: Run,
  signers: readonly TrustedKey[],
  audience: Audience,
  subject: string,
): TrustedKey[] {
  const counted = new Set<TrustedKey>();
  const requirements = run.checks.make(
    subject,
    "audience",
    () => pushRequirements(run.trust, audience),
    (roles) =>
      say(
        "Everybody named is covered by: {0}.",
        roles.map(({ name }) => name).reduce((before, name) => say("{0}, {1}", before, name)),
      ),
  );
  for (const requirement of requirements)
    for (const key of requireRole(signers, requirement, subject, run.checks)) counted.add(key);
  return [...counted];
}
