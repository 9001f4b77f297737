/** Says anything on loopback's multicast DNS, as an attacker on the segment would. */
import { once } from "node:events";
import multicastDns from "multicast-dns";
import {
  recordsOf,
  type Advert,
  type DnsRecord,
} from "../../src/transports/opportunistic/advert.ts";

/** The attacker. */
export interface RogueAdvertiser {
  /** Resolves once somebody has asked: whoever asks is listening. */
  readonly asked: Promise<unknown>;
  /** One advert. */
  say(advert: Advert): Promise<void>;
  /** Any records. */
  sayRecords(records: DnsRecord[]): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens its socket. */
export async function rogueAdvertiser(multicastPort: number): Promise<RogueAdvertiser> {
  const socket = multicastDns({ port: multicastPort, interface: "127.0.0.1", bind: "0.0.0.0" });
  const asked = once(socket, "query");
  await once(socket, "ready");
  const sayRecords = (answers: DnsRecord[]): Promise<void> =>
    new Promise((resolve, reject) => {
      socket.respond({ answers }, (error) => (error === null ? resolve() : reject(error)));
    });
  return {
    asked,
    sayRecords,
    say: (advert) => sayRecords(recordsOf(advert)),
    [Symbol.asyncDispose]: () => new Promise<void>((resolve) => socket.destroy(resolve)),
  };
}
