/** An HTTP server of one archive on a random loopback port, honest unless told otherwise. */
import { once } from "node:events";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import type { TestArchive } from "./archives.ts";

/** The server. */
export interface ArchiveServer {
  /** Folder of the archive, as a source's url. */
  readonly url: string;
  /** `127.0.0.1:port`. */
  readonly host: string;
  /** `Range` headers of the requests so far, empty text for none. */
  readonly ranges: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a server that answers as told. */
export async function startHttp(answer: RequestListener): Promise<ArchiveServer> {
  const ranges: string[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? "");
    answer(request, response);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `http://${host}/packages/`,
    host,
    ranges,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

/** Serves the archive with Range and a strong ETag; cuts the connection after `cutAfter` bytes as often as `cuts` says. */
export function serveArchive(
  { bytes, sha256 }: TestArchive,
  options: {
    readonly cutAfter?: number;
    readonly cuts?: number;
    readonly etag?: string | null;
  } = {},
): RequestListener {
  let cuts = options.cuts ?? (options.cutAfter === undefined ? 0 : 1);
  const etag = options.etag === undefined ? `"${sha256}"` : options.etag;
  return (request, response) => {
    if (request.url !== `/packages/${sha256}.outrider`) return void response.writeHead(404).end();
    if (etag !== null) response.setHeader("etag", etag);
    const from = startOf(request, etag, bytes.length);
    const body = bytes.subarray(from);
    if (from === 0) response.writeHead(200, { "content-length": body.length });
    else
      response.writeHead(206, {
        "content-length": body.length,
        "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
      });
    if (cuts-- > 0) return cut(response, body.subarray(0, options.cutAfter));
    response.end(body);
  };
}

function startOf({ headers }: IncomingMessage, etag: string | null, size: number): number {
  const from = Number(/^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1] ?? 0);
  if (headers["if-range"] !== undefined && headers["if-range"] !== etag) return 0;
  return from < size ? from : 0;
}

function cut(response: ServerResponse, body: Buffer): void {
  response.write(body, () => response.destroy());
}
