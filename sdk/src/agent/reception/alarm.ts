/**
 * Equivocation: one server says different things under one number, to this machine by another transport or to others.
 * It cannot be repaired here, so it is said aloud: an event at once, and a receipt on the deployment that this machine
 * knew last, whose outcome stays what it was.
 */
import { isOutriderError } from "../../errors/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import type { RawNotification } from "../admission/recognize.ts";
import type { Workplace } from "../workplace.ts";

/** Says it, once for each such message, however often a carrier shows that. */
export async function noteEquivocation(
  error: unknown,
  { incoming, transport }: RawNotification,
  place: Workplace,
): Promise<void> {
  if (!isOutriderError(error) || error.code !== "EQUIVOCATION") return;
  const message = sha256Hex(incoming.bytes);
  if (place.state.memory.settledNotifications.includes(message)) return;
  await place.state.settle(message);
  place.events.emit({ type: "equivocation", transport, message: error.message });
  const { reported } = place.state.memory;
  if (reported === undefined) return;
  await place.outbox.queue(
    {
      ...reported,
      code: error.code,
      step: error.step,
      transport,
      trace: [`${transport}: ${error.message}`],
    },
    place.clock.now(),
  );
}
