/** Until when a deployment waits for its time. What a server says of its windows may be anything, and stops nobody. */
import { nextSending, windowFault } from "../calendar/index.ts";
import { isUnderWay, type ShownDeployment } from "./reading.ts";

/** As many as a push may have. */
const mostWindows = 50;

/** When its next machines may be told; `undefined` where they may be now, or nobody is left to be told. */
export function sendsFrom(
  shown: Pick<ShownDeployment, "deployment" | "state" | "waves">,
  now: Date,
): Date | undefined {
  const { deployment, waves } = shown;
  if (!isUnderWay(shown) || waves.every(({ counts }) => counts.planned === 0)) return undefined;
  try {
    const windows = deployment.windows
      .slice(0, mostWindows)
      .filter((window) => windowFault(window) === undefined);
    const from = nextSending({ ...deployment, windows }, now);
    return from === undefined || Number.isNaN(from.getTime()) ? undefined : from;
  } catch {
    return undefined;
  }
}
