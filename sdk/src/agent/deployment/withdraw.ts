/**
 * A person goes back to the version before, on one machine: an end of the installed deployment like a failed health
 * check, made of the same steps. So it survives a kill, quarantines the release that is left, and sends a receipt.
 */
import { inEnglish, OutriderError } from "../../errors/index.ts";
import { Journal } from "../memory/journal.ts";
import type { Workplace } from "../workplace.ts";
import { settleHalt } from "./resumption.ts";
import { carryOn } from "./run.ts";

/** What was left, and what runs again. */
export interface Withdrawal {
  readonly name: string;
  readonly left: string;
  readonly version: string;
}

/**
 * Goes back.
 *
 * @throws NOTHING_KEPT where no earlier version lies ready, RECALLED where it may not run again, and what kept the way
 * back from being walked
 */
export async function withdraw(
  name: string,
  place: Workplace,
  signal: AbortSignal,
): Promise<Withdrawal> {
  const installed = place.state.memory.installed[name];
  const { version, manifest, back } = installed ?? {};
  if (version === undefined || manifest === undefined || back === undefined)
    throw new OutriderError(
      "NOTHING_KEPT",
      `There is no way back from ${name} ${version ?? "(not installed)"}: the strategy "directory" keeps one version before, for going back once; the others keep none.`,
      { subject: name },
    );
  const recaller = place.trust.recalledBy(back.to);
  if (recaller !== undefined)
    throw new OutriderError(
      "RECALLED",
      `There is no way back from ${name} ${version}: ${back.to.version}, which ran before it, was recalled by ${inEnglish(recaller)}. Publish a new version.`,
      { subject: name },
    );
  const { fileSystem, deploymentsDirectory, clock } = place;
  const journal = new Journal(fileSystem, deploymentsDirectory, manifest);
  const record = await journal.open({
    format: 1,
    state: "rollingBack",
    writes: 0,
    package: { name, version, manifest },
    notification: back.notification,
    deployment: back.deployment,
    transport: back.transport,
    authenticatedAt: clock.now().toISOString(),
    before: back.to.version,
    release: back.release,
    undo: back.undo,
    backTo: back.to,
    attempts: 0,
    failure: { code: "WITHDRAWN", step: "deploy", message: "A person went back." },
    trace: ["a person went back to the version before"],
  });
  const halt = await carryOn({ journal, record }, place, signal);
  await settleHalt(halt, journal, place);
  if (halt.postponed !== undefined)
    throw new OutriderError("DEPLOY_FAILED", halt.postponed.message, { subject: name });
  return { name, left: version, version: back.to.version };
}
