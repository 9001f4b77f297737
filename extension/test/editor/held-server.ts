/** A server as it is reached over a bad line: what it answers to an order can be held back for a while. */
import { once } from "node:events";
import { createServer, request, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** Stands before a server. */
export interface HeldServer extends AsyncDisposable {
  readonly url: string;
  /** Answers to orders wait from now on. */
  hold(): void;
  /** Resolves when the server has taken an order whose answer waits. */
  readonly holding: () => Promise<void>;
  /** They wait no more. */
  release(): void;
}

/** @param url of the server that answers */
export async function startHeldServer(url: string): Promise<HeldServer> {
  let gate = Promise.withResolvers<void>();
  gate.resolve();
  let taken = Promise.withResolvers<void>();
  const answer = async (asked: IncomingMessage, response: ServerResponse): Promise<void> => {
    const target = new URL(asked.url ?? "/", url);
    const { method, headers } = asked;
    const forwarded = request(target, { method, headers });
    asked.pipe(forwarded);
    response.on("close", () => forwarded.destroy());
    const [given] = (await once(forwarded, "response")) as [IncomingMessage];
    if (method === "POST") {
      taken.resolve();
      await gate.promise;
    }
    response.writeHead(given.statusCode ?? 502, given.headers);
    given.pipe(response);
  };
  const server = createServer((asked, response) => {
    answer(asked, response).catch(() => response.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    hold() {
      gate = Promise.withResolvers();
      taken = Promise.withResolvers();
    },
    holding: () => taken.promise,
    release: () => gate.resolve(),
    async [Symbol.asyncDispose]() {
      gate.resolve();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
