/** What a plan is drawn from: the audience that is registered, or one that is imagined for planning ahead. */
import { randomUUID } from "node:crypto";
import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { OutriderError } from "../../errors/index.ts";
import { openPackage } from "../../release/package.ts";
import { readPushOrder, type PushOptions, type PushOrder } from "../../release/push-order.ts";
import { profilesOf } from "../../release/ways-out.ts";
import { reachAudience } from "../../server/index.ts";
import {
  imaginedRoster,
  mailProviders,
  sampledTransport,
  type PlanInput,
  type TransportProfile,
} from "../../server/plan/index.ts";
import { readServerConfig } from "../config.ts";
import { formatBytes } from "../format.ts";
import type { Terminal } from "../io.ts";
import { withRegistry } from "./registry.ts";

/** Options that say for whom and what is planned. */
export interface PlanningOptions extends PushOptions {
  readonly package?: string;
  readonly config: string;
  readonly recipients?: number;
  readonly profile: ImaginedProfile;
  readonly size: number;
  /** Draws the order of an imagined audience. */
  readonly seed: number;
}

/** How imagined machines are reached. */
export type ImaginedProfile = keyof typeof mailProviders | "share" | "http";

/** Everything that plan and simulation are drawn from. */
export interface Planning {
  readonly input: PlanInput;
  readonly title: string;
  readonly order: Pick<PushOrder, "rollout" | "validMs">;
  /** Machines for which each one planned stands. */
  readonly standsFor: number;
  /** Which of these goes in the place of the full archive is known only when a mail is sent. */
  readonly patches: readonly PlannedPatch[];
}

/** A patch in the package's folder. */
export interface PlannedPatch {
  readonly name: string;
  readonly size: number;
}

/** More are planned by letting one stand for several. */
const mostPlanned = 10_000_000;
/** Of a group that a wave names, in an audience that is imagined. */
const imaginedGroupShare = 0.01;

/** @throws CONFIG_INVALID, AUDIENCE_UNKNOWN, ADDRESS_INVALID and those of the files */
export async function readPlanning(
  terminal: Terminal,
  file: string | undefined,
  options: PlanningOptions,
): Promise<Planning> {
  const { recipients } = options;
  return recipients === undefined
    ? registered(terminal, file, options)
    : imagined(terminal, file, options, recipients);
}

async function registered(
  terminal: Terminal,
  file: string | undefined,
  options: PlanningOptions,
): Promise<Planning> {
  if (options.package === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      "What would be pushed? Pass --package, or --recipients to plan ahead for machines that are not registered.",
    );
  const { values } = await readServerConfig(terminal, options.config);
  const order = await readPushOrder(terminal, file, options);
  const { archive, patches } = await openPackage(terminal, options.package);
  await archive.close();
  const transports = profilesOf(values);
  const roster = await withRegistry(terminal, options.config, (agents) =>
    reachAudience(order, { agents, transports }, "this push"),
  );
  return {
    title: `${order.packageName ?? options.package}, ${formatBytes(archive.size)}`,
    order,
    standsFor: 1,
    patches: await Promise.all(
      patches.map(async (path) => ({ name: basename(path), size: (await stat(path)).size })),
    ),
    input: {
      // The order within a wave is drawn anew with every deployment.
      deployment: randomUUID(),
      rollout: order.rollout ?? {},
      delivery: order.delivery ?? "auto",
      roster,
      archiveBytes: archive.size,
      transports,
    },
  };
}

async function imagined(
  terminal: Terminal,
  file: string | undefined,
  options: PlanningOptions,
  recipients: number,
): Promise<Planning> {
  if (recipients === 0)
    throw new OutriderError("CONFIG_INVALID", "--recipients 0 plans for nobody.");
  const order: Partial<PushOrder> =
    file === undefined ? {} : await readPushOrder(terminal, file, options);
  const standsFor = Math.ceil(recipients / mostPlanned);
  const profile = profileOf(options.profile);
  const groups = (order.rollout?.waves ?? []).flatMap(({ group }) => group ?? []);
  return {
    title: `${order.packageName ?? "A package"} of ${formatBytes(options.size)} by ${options.profile}`,
    order,
    standsFor,
    patches: [],
    input: {
      deployment: `imagined ${options.seed}`,
      rollout: order.rollout ?? {},
      delivery: options.delivery ?? order.delivery ?? "auto",
      roster: imaginedRoster({
        size: Math.round(recipients / standsFor),
        transports: { [profile.name]: 1 },
        groups: Object.fromEntries(groups.map((group) => [group, imaginedGroupShare])),
      }),
      archiveBytes: options.size,
      transports: [sampledTransport(profile, standsFor)],
    },
  };
}

function profileOf(profile: ImaginedProfile): TransportProfile {
  if (profile === "share") return { name: "unc", carriage: "share" };
  if (profile === "http") return { name: "http", carriage: "none" };
  return { name: "email", carriage: "message", ...mailProviders[profile] };
}
