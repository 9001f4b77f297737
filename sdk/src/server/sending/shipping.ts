/**
 * Sends what belongs together: the message first, so that agents know what to expect, then the numbered parts in order,
 * each only to those who took everything before it. How far each recipient got is remembered while the server runs, so
 * a job that is tried again goes on from there; after a restart a part may come twice, always with the same Message-ID.
 */
import { isOutriderError } from "../../errors/index.ts";
import type { DeliveryOutcome, PartDelivery, Sender } from "../../transport/index.ts";
import type { Shipment } from "./delivery.ts";

/** Remembered progress: one for all transports of a server. */
export class Shipping {
  /**
   * Messages and parts that were taken, by delivery and agent; forgotten when the last one was, or nothing more will
   * be.
   */
  readonly #taken = new Map<string, number>();

  /**
   * One outcome per recipient: accepted when everything was taken.
   *
   * @throws UNAVAILABLE where nothing can be said of anybody, and as the sender does
   */
  async send(
    { id, recipients, message, parts }: Shipment,
    sender: Sender,
    signal: AbortSignal,
  ): Promise<DeliveryOutcome[]> {
    if (message !== undefined && (parts.length === 0 || sender.sendPart === undefined))
      return sender.send(message, { signal });
    const steps: readonly Step[] = [
      ...(message === undefined
        ? []
        : [async (to: Recipients) => sender.send({ ...message, recipients: to }, { signal })]),
      ...parts.map(
        (part) => async (to: Recipients) =>
          (await sender.sendPart?.({ ...part, recipients: to }, { signal })) ??
          to.map(withoutParts),
      ),
    ];
    const keyOf = (agent: string): string => `${id}/${agent}`;
    const outcomes = new Map<string, DeliveryOutcome>();
    for (const [at, step] of steps.entries()) {
      const left = recipients.filter(
        ({ agent }) => !outcomes.has(agent) && (this.#taken.get(keyOf(agent)) ?? 0) <= at,
      );
      if (left.length === 0) continue;
      const part = parts[message === undefined ? at : at - 1];
      try {
        for (const outcome of await step(left)) {
          if (outcome.outcome === "accepted") this.#taken.set(keyOf(outcome.agent), at + 1);
          else outcomes.set(outcome.agent, { ...outcome, detail: placed(outcome.detail, part) });
        }
      } catch (error) {
        if (at === 0 || !isOutriderError(error)) throw error;
        const detail = placed(`${error.code}: ${error.message}`, part);
        for (const { agent } of left) outcomes.set(agent, { agent, outcome: "deferred", detail });
      }
    }
    return recipients.map(({ agent }) => {
      const failed = outcomes.get(agent);
      if (failed === undefined || failed.outcome === "rejected") this.#taken.delete(keyOf(agent));
      const detail = `${message === undefined ? "" : "the message and "}${parts.length} parts were taken`;
      return failed ?? { agent, outcome: "accepted", detail };
    });
  }
}

type Recipients = Shipment["recipients"];
type Step = (recipients: Recipients) => Promise<DeliveryOutcome[]>;

function withoutParts({ agent }: Recipients[number]): DeliveryOutcome {
  return { agent, outcome: "rejected", detail: "this transport carries no parts" };
}

function placed(detail: string, part: PartDelivery | undefined): string {
  return part === undefined ? detail : `part ${part.number}: ${detail}`;
}
