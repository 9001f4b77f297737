/**
 * Parts of an archive that an agent asks for: sent again, to that agent only, by its own registered address. What an
 * agent may ask for is bounded, so that a stolen key or a broken mailbox makes no flood. What is asked for is booked
 * with the receipt that asks, as one, and waits in the store as a job: any sender takes it, and a server that is killed
 * sends it when it is back.
 */
import {
  againKey,
  allowedOf,
  type AgentRegistry,
  type AskedParts,
  type ClaimedJob,
  type DeploymentStore,
  type PartsRequest,
  type ValueStore,
} from "../../ledger/index.ts";
import { openEnvelope, recognize } from "../../messages/index.ts";
import type { Clock, Logger } from "../../ports/index.ts";
import type { Notification, Receipt } from "../../schema/index.ts";
import type { Addressed } from "../../transport/index.ts";
import { waysTo } from "../audience/reach.ts";
import { emailSourceOf, partOf, type EmailSource } from "../carriage/mail-parts.ts";
import { findNotification } from "../publishing/kept-notification.ts";
import type { PackageSource } from "../publishing/packages.ts";
import type { Shipment } from "./delivery.ts";

/** What asking needs. */
export interface ResendingParts {
  readonly agents: Pick<AgentRegistry, "find">;
  readonly values: Pick<ValueStore, "get">;
  readonly logger: Logger;
}

/** What sending again needs. */
export interface PartsAgainParts {
  readonly deployments: Pick<DeploymentStore, "progress">;
  readonly packages: Pick<PackageSource, "archive">;
  readonly notify: { readonly values: Pick<ValueStore, "get">; readonly clock: Clock };
}

/** Every part may be sent again so often to one agent, on the average over the archive's parts. */
const timesEach = 3;

/**
 * What a verified receipt asks for: nothing where this server has no such parts, or cannot write to the agent by mail.
 */
export async function partsAskedFor(
  { outcome, deployment, notification, agent: id, parts: numbers = [] }: Receipt,
  { agents, values, logger }: ResendingParts,
): Promise<PartsRequest | undefined> {
  if (outcome !== "requested") return undefined;
  const source = await sourceOf(notification, deployment, values);
  const agent = await agents.find(id);
  const way = agent === undefined ? undefined : waysTo(agent, new Set(["email"]))[0];
  if (source === undefined || way === undefined) return undefined;
  const parts = [...new Set(numbers)]
    .filter((number) => number <= source.parts.length)
    .toSorted((a, b) => a - b);
  const most = timesEach * source.parts.length;
  const had = Number((await values.get(againKey(deployment, id))) ?? 0);
  if (allowedOf({ parts, most }, had).length < parts.length)
    logger.log("warn", `${id} asks for parts more often than they are sent again.`, { had });
  return { ...way, notification, parts, most };
}

/** What is sent of them now: nothing where the deployment was halted or its trigger is past, or the archive is gone. */
export async function partsAgain(
  { id, deployment }: Pick<ClaimedJob, "id" | "deployment">,
  addressed: Addressed,
  { notification, parts: numbers }: AskedParts,
  parts: PartsAgainParts,
): Promise<Shipment> {
  const progress = await parts.deployments.progress(deployment.id);
  const source = await sourceOf(notification, deployment.id, parts.notify.values);
  const archive = source === undefined ? undefined : await parts.packages.archive(source.archive);
  const isOn =
    progress !== undefined &&
    progress.state !== "halted" &&
    parts.notify.clock.now().getTime() < Date.parse(deployment.expiresAt);
  const { recipients } = addressed;
  if (!isOn || source === undefined || archive === undefined)
    return { id: String(id), recipients, parts: [] };
  return {
    id: `${notification}/again/${id}`,
    recipients,
    parts: numbers.map((number) => ({ ...addressed, ...partOf(source, archive, number) })),
  };
}

/** The list of parts in a notification of this deployment. */
async function sourceOf(
  id: string,
  deployment: string,
  values: Pick<ValueStore, "get">,
): Promise<EmailSource | undefined> {
  const bytes = await findNotification(id, values);
  const message = bytes === undefined ? undefined : recognize(bytes, "notification/1");
  if (message === undefined) return undefined;
  const notification = JSON.parse(openEnvelope(message).text) as Notification;
  return notification.deployment === deployment ? emailSourceOf(notification.sources) : undefined;
}
