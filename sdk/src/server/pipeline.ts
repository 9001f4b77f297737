/**
 * Figure 3. What comes in goes through these steps in this order, and each step takes only what the one before made:
 * leaving one out does not compile (`stages.test-d.ts`).
 *
 *   62 recognize      not ours → 63: stop, no error
 *   64 authenticate   forged, replayed, expired, bound to other contents → 65: refuse
 *   64 validate       bad address, unknown audience, plan without sense → 65: refuse
 *   66 balance        who gets what, together with whom, in which order
 *      audit          its line is on the disk (`judge.ts`)
 *      plan           into the store: deployment, ledger and jobs in one transaction
 *      notify         `sending/dispatch.ts` takes the jobs from there, also after a restart
 *
 * Every trigger, good or bad, leaves one entry in the audit log before its verdict is told and before anything is done.
 */
import type { DeploymentStore } from "../ledger/index.ts";
import type { ReachParts } from "./audience/reach.ts";
import { authenticateTrigger, type AuthenticateParts } from "./authenticate.ts";
import { balanceTrigger, type BalanceParts } from "./balance.ts";
import { judge, type JudgeParts } from "./judge.ts";
import type { Verdict } from "./news/events.ts";
import type { RawTrigger } from "./raw.ts";
import { recognizeTrigger } from "./recognize.ts";
import { validateTrigger } from "./validate.ts";

/** What the steps need. */
export interface PipelineParts extends JudgeParts, AuthenticateParts, ReachParts, BalanceParts {
  readonly deployments: Pick<DeploymentStore, "progress" | "plan">;
}

/** Takes one trigger through all steps. Never throws for what is wrong with the trigger: that is its verdict. */
export async function runTrigger(raw: RawTrigger, parts: PipelineParts): Promise<Verdict> {
  return judge("trigger", raw, parts, async () => {
    const recognized = recognizeTrigger(raw);
    if (recognized === undefined) return undefined;
    const authentic = await authenticateTrigger(recognized, parts);
    const valid = await validateTrigger(authentic, parts);
    const plan = await balanceTrigger(valid, parts);
    return {
      id: valid.trigger.id,
      deployment: plan.deployment.id,
      signers: valid.signers,
      takeEffect: () => parts.deployments.plan(plan),
    };
  });
}
