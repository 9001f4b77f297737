/** The HTTP channel, the agent's half. */
export { httpReceiver, type HttpReceiverOptions } from "./receiver.ts";
