/**
 * Ways in that are listened to: any Receiver, be it the drop directory of a share, a mailbox or a spool directory.
 * The first bytes say whether a message is a trigger, a control or a receipt; each then goes its own way, and the
 * transport is told what became of it. What could not be judged for the moment is left where it is, and comes again.
 */
import { recognize } from "../../messages/index.ts";
import type { Logger } from "../../ports/index.ts";
import type { Incoming, Receiver, ReturnedMail } from "../../transport/index.ts";
import type { Verdict } from "../news/events.ts";
import type { WayIn } from "../raw.ts";
import type { ReturnedVerdict } from "./returned.ts";

/** A Receiver and how the audit log calls it. */
export interface Inbox {
  readonly receiver: Receiver;
  readonly via: WayIn;
}

/** What hears of the messages. */
export interface Judges {
  submit(bytes: Uint8Array, via: WayIn): Promise<Verdict>;
  control(bytes: Uint8Array, via: WayIn): Promise<Verdict>;
  receive(bytes: Uint8Array, via: WayIn): Promise<Verdict>;
  returned(mail: ReturnedMail): Promise<ReturnedVerdict>;
}

/** Hands a message to whoever judges its type; what is none of them is judged as a trigger, and ignored. */
export async function takeMessage(
  bytes: Uint8Array,
  via: WayIn,
  judges: Omit<Judges, "returned">,
): Promise<Verdict> {
  if (recognize(bytes, "receipt/1") !== undefined) return judges.receive(bytes, via);
  if (recognize(bytes, "control/1") !== undefined) return judges.control(bytes, via);
  return judges.submit(bytes, via);
}

/** Listens until aborted. Never throws: a way in that cannot be listened to is reported and left. */
export async function listenTo(
  { receiver, via }: Inbox,
  judges: Judges,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  try {
    for await (const incoming of receiver.receive({ signal })) {
      if (signal.aborted) return;
      await take(incoming, via, judges, logger);
    }
  } catch (error) {
    if (!signal.aborted)
      logger.log("error", `Nothing more is heard by ${receiver.name}.`, { error });
  }
}

async function take(incoming: Incoming, via: WayIn, judges: Judges, logger: Logger): Promise<void> {
  try {
    const { returned } = incoming;
    if (returned !== undefined) {
      const outcome = await judges.returned(returned);
      if (outcome === "early") return;
      return await incoming.settle(outcome === "accepted" ? "handled" : outcome);
    }
    const verdict = await takeMessage(incoming.bytes, via, judges);
    if (verdict.outcome === "refused" && verdict.retryable) return;
    await incoming.settle(verdict.outcome === "accepted" ? "handled" : verdict.outcome);
  } catch (error) {
    logger.log("error", `A message from ${incoming.origin} could not be dealt with.`, { error });
  }
}
