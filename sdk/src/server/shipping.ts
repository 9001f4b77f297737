/**
 * Sends what belongs together: the message first, so that agents know what to expect, then the numbered parts in order,
 * each only to those who took everything before it. How far each recipient got is remembered while the server runs, so a
 * job that is tried again goes on from there; after a restart a part may come twice, always with the same Message-ID.
 */
import { isOutriderError } from "../errors/index.ts";
import type { DeliveryOutcome, Sender } from "../transport/index.ts";
import type { Shipment } from "./delivery.ts";

/** Remembered progress: one for all transports of a server. */
export class Shipping {
  /** Messages and parts that were taken, by delivery and agent; forgotten when the last one was, or nothing more will be. */
  readonly #taken = new Map<string, number>();

  /**
   * One outcome per recipient: accepted when everything was taken.
   *
   * @throws UNAVAILABLE where nothing can be said of anybody, and as the sender does
   */
  async send(
    { delivery, parts }: Shipment,
    sender: Sender,
    signal: AbortSignal,
  ): Promise<DeliveryOutcome[]> {
    if (parts.length === 0 || sender.sendPart === undefined)
      return sender.send(delivery, { signal });
    const keyOf = (agent: string): string => `${delivery.id}/${agent}`;
    const outcomes = new Map<string, DeliveryOutcome>();
    for (let step = 0; step <= parts.length; step++) {
      const recipients = delivery.recipients.filter(
        ({ agent }) => !outcomes.has(agent) && (this.#taken.get(keyOf(agent)) ?? 0) <= step,
      );
      if (recipients.length === 0) continue;
      const part = parts[step - 1];
      try {
        const told =
          part === undefined
            ? await sender.send({ ...delivery, recipients }, { signal })
            : await sender.sendPart({ ...part, recipients }, { signal });
        for (const outcome of told) {
          if (outcome.outcome === "accepted") this.#taken.set(keyOf(outcome.agent), step + 1);
          else outcomes.set(outcome.agent, { ...outcome, detail: placed(outcome.detail, step) });
        }
      } catch (error) {
        if (step === 0 || !isOutriderError(error)) throw error;
        const detail = placed(`${error.code}: ${error.message}`, step);
        for (const { agent } of recipients)
          outcomes.set(agent, { agent, outcome: "deferred", detail });
      }
    }
    return delivery.recipients.map(({ agent }) => {
      const failed = outcomes.get(agent);
      if (failed === undefined || failed.outcome === "rejected") this.#taken.delete(keyOf(agent));
      const detail = `the message and ${parts.length} parts were taken`;
      return failed ?? { agent, outcome: "accepted", detail };
    });
  }
}

function placed(detail: string, step: number): string {
  return step === 0 ? detail : `part ${step}: ${detail}`;
}
