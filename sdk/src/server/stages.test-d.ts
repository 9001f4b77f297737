/**
 * Held by `tsc`: each stage of the pipeline is made only by its own step, so leaving one out does not compile.
 * Nothing here is ever run.
 */
import type { DeploymentStore } from "../ledger/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import type { Trigger } from "../schema/index.ts";
import type { ReachParts } from "./audience/reach.ts";
import {
  authenticateTrigger,
  type AuthenticateParts,
  type AuthenticTrigger,
} from "./authenticate.ts";
import { balanceTrigger, type BalanceParts, type Plan } from "./balance.ts";
import type { SignedNotification } from "./notify.ts";
import type { HostedPackage } from "./publishing/packages.ts";
import type { RawTrigger } from "./raw.ts";
import { recognizeTrigger, type RecognizedTrigger } from "./recognize.ts";
import { validateTrigger, type ValidTrigger } from "./validate.ts";

declare const raw: RawTrigger;
declare const recognized: RecognizedTrigger;
declare const authentic: AuthenticTrigger;
declare const valid: ValidTrigger;
declare const plan: Plan;
declare const trigger: Trigger;
declare const sealed: SealedDocument<"trigger/1">;
declare const hosted: HostedPackage;
declare const authenticating: AuthenticateParts;
declare const validating: ReachParts;
declare const balancing: BalanceParts;
declare const store: DeploymentStore;

/** The way that compiles. */
export async function inOrder(): Promise<void> {
  const first = recognizeTrigger(raw);
  if (first === undefined) return;
  const second = await authenticateTrigger(first, authenticating);
  const third = await validateTrigger(second, validating);
  await store.plan(await balanceTrigger(third, balancing));
}

/** The ways that do not. */
export async function outOfOrder(): Promise<void> {
  // @ts-expect-error recognizing is left out
  await authenticateTrigger(raw, authenticating);
  // @ts-expect-error authenticating is left out
  await validateTrigger(recognized, validating);
  // @ts-expect-error authenticating and validating are left out
  await balanceTrigger(recognized, balancing);
  // @ts-expect-error validating is left out
  await balanceTrigger(authentic, balancing);
  // @ts-expect-error balancing is left out
  await store.plan(valid);
  // @ts-expect-error an authentic trigger cannot be written down
  const forged: AuthenticTrigger = { ...raw, trigger, sealed, package: hosted, signers: [] };
  // @ts-expect-error nor a recognized one
  const guessed: RecognizedTrigger = { ...raw, message: { type: "trigger/1", bytes: raw.bytes } };
  // @ts-expect-error nor a plan
  const invented: Plan = { deployment: plan.deployment, jobs: [] };
  // @ts-expect-error nor a notification
  const unsigned: SignedNotification = { id: "", sha256: "", bytes: raw.bytes };
  void [forged, guessed, invented, unsigned];
}
