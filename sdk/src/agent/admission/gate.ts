/**
 * The gate before the machine is changed: what must be installed first, maintenance windows, the product's own say.
 * What does not pass waits until it does, or until its notification expires.
 */
import type { ReleaseFacts } from "../memory/release.ts";
import { askPolicy } from "../policy.ts";
import type { Workplace } from "../workplace.ts";
import { judgeRequirements } from "./applicability.ts";

/** @throws REQUIREMENT, DEFERRED */
export async function passGate(release: ReleaseFacts, place: Workplace): Promise<void> {
  const { memory } = place.state;
  judgeRequirements(release, memory);
  await askPolicy(release, place.policy, {
    now: place.clock.now(),
    installed: memory.installed[release.name]?.version,
  });
}
