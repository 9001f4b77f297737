/**
 * How a wave stands for whoever reads of it. The store keeps how far each wave came; a deployment that is paused or
 * over takes its open waves with it, and those are not moved one by one.
 */
import type { DeploymentState, WaveProgress } from "./records.ts";

/** `cancelled`: it had not begun, and never will; `halted`, `recalled`: it was stopped on its way. */
export type WaveStanding = WaveProgress["state"] | "paused" | "halted" | "recalled" | "cancelled";

/** How a wave that came so far stands in a deployment that stands so. */
export function standingOf(
  wave: WaveProgress["state"],
  deployment: DeploymentState | "recalled",
): WaveStanding {
  if (wave === "running" && deployment === "paused") return deployment;
  if (deployment !== "halted" && deployment !== "recalled") return wave;
  return wave === "running" ? deployment : wave === "waiting" ? "cancelled" : wave;
}
