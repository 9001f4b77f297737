/** Telling the local network that a listening server is here. */
import { OutriderError } from "../../errors/index.ts";
import type { Logger } from "../../ports/index.ts";
import type { ServerConfig } from "../../schema/index.ts";
import type { ServerTransport } from "../../server/index.ts";
import { opportunisticSender } from "../../transports/opportunistic/sender/index.ts";
import type { Configuration } from "../config.ts";

/**
 * Announces from now on, where it is configured.
 * @throws CONFIG_INVALID where agents could not use what is announced
 */
export function announceNear(
  { values, path }: Configuration<ServerConfig>,
  logger: Logger,
): { readonly transport: ServerTransport; readonly close: () => Promise<void> } | undefined {
  const near = values.transports?.opportunistic;
  if (near === undefined) return undefined;
  const { port, tlsKeyFile } = values.listen;
  if (port === 0 || tlsKeyFile !== undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      `${path} announces the server to the local network: that takes a fixed listen.port, without TLS (what agents fetch is signed).`,
      { subject: path, pointer: "/transports/opportunistic" },
    );
  const { segments, allowLoopback } = near;
  const sender = opportunisticSender({
    port,
    logger,
    ...(segments === undefined ? {} : { segments }),
    ...(allowLoopback === undefined ? {} : { allowLoopback }),
  });
  return {
    transport: {
      sender,
      carriage: "none",
      publish: (news, options) => sender.publish(news, options),
    },
    close: () => sender.close(),
  };
}
