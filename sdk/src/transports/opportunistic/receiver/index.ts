/** The opportunistic transport, the agent's half. */
export { opportunisticReceiver, type OpportunisticReceiverOptions } from "./receiver.ts";
