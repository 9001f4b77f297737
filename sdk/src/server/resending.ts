/**
 * Parts of an archive that an agent asks for: sent again, to that agent only, by its own registered address. What an agent
 * may ask for is bounded, so that a stolen key or a broken mailbox makes no flood; what is waiting when the server ends is
 * forgotten, and asked for again.
 */
import { isOutriderError } from "../errors/index.ts";
import type { AgentRegistry, DeploymentStore, ValueStore } from "../ledger/index.ts";
import { openEnvelope, recognize } from "../messages/index.ts";
import type { Clock, Logger } from "../ports/index.ts";
import type { Notification, Receipt } from "../schema/index.ts";
import type { PartDelivery } from "../transport/index.ts";
import { waysTo } from "./audience.ts";
import type { Limits } from "./limits.ts";
import { emailSourceOf, partOf } from "./mail-parts.ts";
import type { PackageSource } from "./packages.ts";
import type { ServerTransport } from "./transports.ts";

/** What resending needs. */
export interface ResendingParts {
  readonly deployments: Pick<DeploymentStore, "progress">;
  readonly agents: Pick<AgentRegistry, "find">;
  readonly values: Pick<ValueStore, "get" | "set">;
  readonly packages: Pick<PackageSource, "archive">;
  readonly limits: ReadonlyMap<string, Limits>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Every part may be sent again so often to one agent, on the average over the archive's parts. */
const timesEach = 3;
/** Agents waiting for one transport at a time; who does not fit asks again. */
const mostWaiting = 1000;

/** What waits to be sent again. */
export class Resending {
  readonly #parts: ResendingParts;
  /** By deployment and agent. */
  readonly #waiting = new Map<string, Map<number, PartDelivery>>();

  constructor(parts: ResendingParts) {
    this.#parts = parts;
  }

  /** Takes a verified receipt that asks for parts. */
  async ask(receipt: Receipt): Promise<void> {
    const asked = [...new Set(receipt.parts ?? [])].toSorted((a, b) => a - b);
    const key = `${receipt.deployment}/${receipt.agent}`;
    const waiting = this.#waiting.get(key) ?? new Map<number, PartDelivery>();
    if (asked.length === 0 || (waiting.size === 0 && this.#waiting.size >= mostWaiting)) return;
    const deliveries = await this.#deliveries(receipt, asked);
    for (const delivery of await this.#allowed(key, deliveries, waiting))
      waiting.set(delivery.number, delivery);
    if (waiting.size > 0) this.#waiting.set(key, waiting);
  }

  /** Sends what waits, as far as the transport bears it. Returns how many parts were taken or given up. */
  async send({ sender }: ServerTransport, signal: AbortSignal): Promise<number> {
    if (sender.sendPart === undefined) return 0;
    const limits = this.#parts.limits.get(sender.name);
    let done = 0;
    for (const [key, waiting] of this.#waiting) {
      for (const [number, delivery] of waiting) {
        const admission = await limits?.admit(delivery.recipients, 1);
        if (signal.aborted || admission?.askAt !== undefined) return done;
        waiting.delete(number);
        done++;
        try {
          await sender.sendPart(delivery, { signal });
        } catch (error) {
          if (!isOutriderError(error)) throw error;
          // The agent asks again; the relay has better things to do than to be asked for the next part at once.
          this.#parts.logger.log("warn", error.message, { code: error.code });
          return done;
        }
      }
      this.#waiting.delete(key);
    }
    return done;
  }

  async #deliveries(receipt: Receipt, numbers: readonly number[]): Promise<PartDelivery[]> {
    const { deployments, agents, packages, clock } = this.#parts;
    const progress = await deployments.progress(receipt.deployment);
    const notification = await this.#notification(receipt.notification);
    const source = emailSourceOf(notification?.sources ?? []);
    if (
      progress === undefined ||
      progress.state === "halted" ||
      clock.now().getTime() >= Date.parse(progress.deployment.expiresAt) ||
      notification?.deployment !== receipt.deployment ||
      source === undefined
    )
      return [];
    const archive = await packages.archive(source.archive);
    const agent = await agents.find(receipt.agent);
    const way = agent === undefined ? undefined : waysTo(agent, new Set(["email"]))[0];
    if (archive === undefined || agent === undefined || way === undefined) return [];
    const { encryptionKey } = agent;
    const { packageName, version, reason } = progress.deployment;
    return numbers
      .filter((number) => number <= source.parts.length)
      .map((number) => ({
        ...partOf(source, archive, number),
        deployment: receipt.deployment,
        summary: { packageName, version, reason },
        recipients: [
          {
            agent: agent.id,
            address: way.address,
            ...(encryptionKey === undefined ? {} : { encryptionKey }),
          },
        ],
      }));
  }

  async #notification(id: string): Promise<Notification | undefined> {
    const text = await this.#parts.values.get(`notification/${id}`);
    if (text === undefined) return undefined;
    const message = recognize(new TextEncoder().encode(text), "notification/1");
    return message === undefined
      ? undefined
      : (JSON.parse(openEnvelope(message).text) as Notification);
  }

  /** Those that are not waiting already, up to what this agent may have of this deployment. */
  async #allowed(
    key: string,
    deliveries: readonly PartDelivery[],
    waiting: ReadonlyMap<number, unknown>,
  ): Promise<readonly PartDelivery[]> {
    const { values, logger } = this.#parts;
    const fresh = deliveries.filter(({ number }) => !waiting.has(number));
    const before = Number((await values.get(`resent/${key}`)) ?? 0);
    const left = Math.max(0, timesEach * (deliveries[0]?.count ?? 0) - before);
    const allowed = fresh.slice(0, left);
    if (allowed.length < fresh.length)
      logger.log("warn", `${key} asks for parts more often than they are sent again.`, { before });
    if (allowed.length > 0) await values.set(`resent/${key}`, String(before + allowed.length));
    return allowed;
  }
}
