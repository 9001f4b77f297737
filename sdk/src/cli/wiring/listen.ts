/** Where a server listens. */
import { once } from "node:events";
import { createServer } from "node:net";
import { OutriderError } from "../../errors/index.ts";
import { readFileText, readSecret } from "../../release/files.ts";
import type { ListenConfig, ServerConfig } from "../../schema/index.ts";
import type { HttpOptions } from "../../server/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";

/**
 * Reads what listening takes, and sees whether the port is free: a second server on the same configuration is told so
 * before it opens a store that the first one uses.
 *
 * @throws PORT_BUSY, FILE_MISSING
 */
export async function listenOptions(
  terminal: Terminal,
  { values, resolve }: Configuration<ServerConfig>,
): Promise<HttpOptions> {
  const { host, port, proxies, tokenFile, tlsCertificateFile, tlsKeyFile } = values.listen;
  const tls =
    tlsCertificateFile === undefined || tlsKeyFile === undefined
      ? {}
      : {
          tls: {
            certificate: await readFileText(terminal, resolve(tlsCertificateFile)),
            key: await readFileText(terminal, resolve(tlsKeyFile)),
          },
        };
  await requireFreePort(values.listen);
  return {
    port,
    ...(host === undefined ? {} : { host }),
    ...(proxies === undefined ? {} : { proxies }),
    ...(tokenFile === undefined ? {} : { token: await readSecret(terminal, resolve(tokenFile)) }),
    ...tls,
  };
}

/** @throws PORT_BUSY */
export async function requireFreePort({
  host = "127.0.0.1",
  port,
}: Pick<ListenConfig, "host" | "port">): Promise<void> {
  const probe = createServer();
  try {
    probe.listen({ host, port });
    await once(probe, "listening");
  } catch (cause) {
    // Whatever else is wrong with the address is for the server to say.
    if ((cause as NodeJS.ErrnoException).code !== "EADDRINUSE") return;
    throw new OutriderError(
      "PORT_BUSY",
      `Port ${port} on ${host} is taken. Choose another, or end what uses it.`,
      { subject: `${host}:${port}`, cause },
    );
  } finally {
    probe.close();
  }
}
