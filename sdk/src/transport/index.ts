/** Row 3: the ports that every transport and obtainer implements. */
export type { Obtainer, ObtainRequest, ObtainedArchive } from "./obtainer.ts";
export type { Incoming, Receiver } from "./receiver.ts";
export type { Delivery, DeliveryOutcome, Recipient, Sender } from "./sender.ts";
