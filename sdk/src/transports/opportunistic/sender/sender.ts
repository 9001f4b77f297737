/**
 * Tells every segment that a server is here (patent 17, server half): announces when a link comes, when the catalog
 * changes and when asked, and says goodbye. What agents fetch then lies behind HTTP.
 */
import { randomBytes } from "node:crypto";
import { OutriderError } from "../../../errors/index.ts";
import { silentLogger, type Logger } from "../../../ports/index.ts";
import { sha256Hex } from "../../../signing/index.ts";
import { throwIfCancelled, type Sender } from "../../../transport/index.ts";
import { isPath, type Advert } from "../advert.ts";
import { Patrol, type PatrolOptions } from "../patrol.ts";
import { currentSegments, describeSegments, type Segment } from "../segment.ts";
import { defaultPort } from "../socket.ts";
import { Responder } from "./responder.ts";

/** What is announced, and where. */
export interface OpportunisticSenderOptions extends PatrolOptions {
  /** TCP port of the web server that shows the catalog. */
  readonly port: number;
  /** Its folder of `catalog.json`; default `/`. */
  readonly path?: string;
  /**
   * What writes where that web server reads, such as a share's sender. A server that shows its own catalog needs none.
   */
  readonly through?: Pick<Sender, "send"> & Partial<Pick<OpportunisticSender, "publish">>;
  /** UDP port of multicast DNS; default 5353. */
  readonly multicastPort?: number;
  /** Hears where it is announced, and where it could not be. */
  readonly logger?: Logger;
}

/** A Sender that is present on the network until it is closed. */
export interface OpportunisticSender extends Sender {
  /** Makes a catalog known without a notification (the heartbeat). @throws UNAVAILABLE, CANCELLED */
  publish(news: OpportunisticNews, options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Says goodbye. */
  close(): Promise<void>;
}

/** What is published without a notification. */
export interface OpportunisticNews {
  /** `catalog/1` envelope. */
  readonly catalog?: Uint8Array;
  /** `trust/1` envelopes. */
  readonly trust?: readonly { readonly version: number; readonly envelope: Uint8Array }[];
}

/** Announces at once. @throws CONFIG_INVALID for a path that cannot be announced */
export function opportunisticSender(options: OpportunisticSenderOptions): OpportunisticSender {
  const { port, path = "/", through, multicastPort = defaultPort } = options;
  const { logger = silentLogger } = options;
  if (!isPath(path))
    throw new OutriderError("CONFIG_INVALID", `${path} is no folder that can be announced.`, {
      subject: path,
    });
  const instance = `outrider-${randomBytes(6).toString("hex")}`;
  let advert: Omit<Advert, "addresses"> = { instance, port, path, state: "" };
  const responders = new Set<Responder>();
  /** Nobody hears of a server whose segments are not there: nothing else would say so. */
  function tell(segments: readonly Segment[]): void {
    const { allowLoopback = false } = options;
    if (segments.length > 0)
      logger.log("info", `Announced on ${describeSegments(segments)}, port ${port}.`);
    else
      logger.log(
        "warn",
        `Announced nowhere: of the interfaces here, ${describeSegments(currentSegments({ allowLoopback }))}, none is in "segments".`,
      );
  }

  const patrol = new Patrol({ ...options, onSegments: tell }, (segment) => {
    const responder = new Responder(segment, multicastPort, () => advert);
    responders.add(responder);
    return {
      async end(why) {
        responders.delete(responder);
        await responder.close(why === "closing");
      },
    };
  });

  function changed(catalog: Uint8Array | undefined): void {
    if (catalog === undefined) return;
    const state = sha256Hex(catalog).slice(0, 32);
    if (state === advert.state) return;
    advert = { ...advert, state };
    for (const responder of responders) responder.announce();
  }

  return {
    name: "opportunistic",
    async send(delivery, sending) {
      throwIfCancelled(sending?.signal, instance);
      const outcomes = await through?.send(delivery, sending);
      changed(delivery.catalog);
      const detail = `It is announced on ${patrol.size} segments.`;
      return (
        outcomes ?? delivery.recipients.map(({ agent }) => ({ agent, outcome: "accepted", detail }))
      );
    },
    async publish(news, publishing) {
      throwIfCancelled(publishing?.signal, instance);
      await through?.publish?.(news, publishing);
      changed(news.catalog);
    },
    close: () => patrol.end(),
  };
}
