/** A plain web server of one directory with ETags, as nginx or a CDN would serve it; loopback, random port. */
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

/** The server. */
export interface StaticHost {
  /** The directory's URL, ending in a slash. */
  readonly url: string;
  readonly port: number;
  /** Requests so far: path and status. */
  readonly requests: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Answers instead of the directory; true where it did. */
export type Twist = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Starts one, on loopback unless another address is given. */
export async function startStaticHost(
  directory: string,
  twist?: Twist,
  address = "127.0.0.1",
): Promise<StaticHost> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    response.once("close", () => requests.push(`${request.url} ${response.statusCode}`));
    if (twist?.(request, response) !== true) void serve(directory, request, response);
  });
  server.listen(0, address);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    port,
    requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

async function serve(
  directory: string,
  { url = "/", headers }: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    const bytes = await readFile(join(directory, new URL(url, "http://host").pathname));
    const etag = `"${createHash("sha256").update(bytes).digest("hex")}"`;
    response.setHeader("etag", etag);
    if (headers["if-none-match"] === etag) response.writeHead(304).end();
    else response.writeHead(200, { "content-length": bytes.length }).end(bytes);
  } catch {
    response.writeHead(404).end();
  }
}
