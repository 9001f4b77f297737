/**
 * The gate before the machine is changed: what must be installed first, maintenance windows, the product's own say.
 * What does not pass waits until it does, or until its notification expires.
 */
import { isOpen } from "../../calendar/index.ts";
import { OutriderError } from "../../errors/index.ts";
import type { ReleaseFacts } from "../memory/release.ts";
import type { AgentPolicy } from "../policy.ts";
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

/** Whether the machine may be changed at this moment. @throws DEFERRED */
async function askPolicy(
  { name, version, kind, description }: ReleaseFacts,
  { windows, ask }: AgentPolicy,
  at: { readonly now: Date; readonly installed: string | undefined },
): Promise<void> {
  const deferred = (why: string): OutriderError =>
    new OutriderError("DEFERRED", `${name} ${version} waits: ${why}.`, { subject: name });
  if (!isOpen(windows ?? [], at.now)) throw deferred("no maintenance window is open");
  const answer = await ask?.({
    name,
    version,
    kind,
    ...(at.installed === undefined ? {} : { installed: at.installed }),
    ...(description === undefined ? {} : { description }),
  });
  if (answer === "later") throw deferred("the product says later");
}
