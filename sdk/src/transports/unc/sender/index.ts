/** The share, the server's half. */
export { uncSender, type UncNews, type UncSender, type UncSenderOptions } from "./sender.ts";
