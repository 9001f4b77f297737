/** The share, the agent's half. */
export { uncReceiver, type UncReceiverOptions } from "./receiver.ts";
