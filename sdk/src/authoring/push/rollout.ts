/** Waves that cannot follow one another, and windows that never open: the server would refuse the whole. */
import { windowFault } from "../../calendar/index.ts";
import { say } from "../../errors/index.ts";
import type { Rollout } from "../../schema/index.ts";
import type { Remark } from "../remark.ts";

/** Examines a rollout. */
export function examineRollout(rollout: Rollout | undefined): Remark[] {
  return [...examineShares(rollout?.waves ?? []), ...examineWindows(rollout?.windows ?? [])];
}

function examineShares(waves: NonNullable<Rollout["waves"]>): Remark[] {
  const remarks: Remark[] = [];
  let reached = 0;
  for (const [at, { share }] of waves.entries()) {
    if (share === undefined) continue;
    if (share <= reached)
      remarks.push({
        code: "PLAN_INVALID",
        severity: "error",
        pointer: `/rollout/waves/${at}/share`,
        sentence: say(
          "{0} % are reached already: shares are cumulative, so each must be larger than the one before.",
          reached,
        ),
      });
    reached = Math.max(reached, share);
  }
  return remarks;
}

function examineWindows(windows: NonNullable<Rollout["windows"]>): Remark[] {
  return windows.flatMap((window, at) =>
    windowFault(window) === undefined
      ? []
      : [
          {
            code: "PLAN_INVALID",
            severity: "error",
            pointer: `/rollout/windows/${at}`,
            sentence:
              window.from === window.to
                ? say("This window never opens: it begins and ends at {0}.", window.from)
                : say(
                    "{0} is no time zone of the IANA list, such as Europe/Berlin.",
                    window.timeZone ?? "",
                  ),
          } satisfies Remark,
        ],
  );
}
