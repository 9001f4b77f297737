/** The opportunistic transport, the server's half. */
export {
  opportunisticSender,
  type OpportunisticNews,
  type OpportunisticSender,
  type OpportunisticSenderOptions,
} from "./sender.ts";
