/** A web proxy on loopback: absolute-form requests and CONNECT tunnels, as squid would have them. */
import { once } from "node:events";
import { createServer, request } from "node:http";
import { connect, type AddressInfo } from "node:net";
import { pipeline } from "node:stream";

/** The proxy. */
export interface WebProxy {
  /** Its URL, with the login that it asks for. */
  readonly url: string;
  /** What it was asked for so far: `GET http://…`, `CONNECT host:port`. */
  readonly asked: readonly string[];
  [Symbol.asyncDispose](): Promise<void>;
}

const login = "agent:open sesame";

/** Starts one. @param verdict status for CONNECT; 200 opens the tunnel */
export async function startWebProxy(verdict = 200): Promise<WebProxy> {
  const asked: string[] = [];
  const sockets = new Set<{ destroy(): void }>();
  const expected = `Basic ${Buffer.from(login).toString("base64")}`;
  const server = createServer((incoming, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const { "proxy-authorization": proof, ...headers } = incoming.headers;
    if (proof !== expected) return void response.writeHead(407).end();
    const { method, url = "" } = incoming;
    const onward = request(url, { method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      pipeline(answer, response, () => undefined);
    });
    onward.on("error", () => response.writeHead(502).end());
    pipeline(incoming, onward, () => undefined);
  });
  server.on("connection", (socket) => sockets.add(socket));
  server.on("connect", ({ method, url = "", headers }, socket) => {
    asked.push(`${method} ${url}`);
    const status = headers["proxy-authorization"] === expected ? verdict : 407;
    if (status !== 200) return void socket.end(`HTTP/1.1 ${status} No\r\n\r\n`);
    const [host, port] = url.split(":");
    const onward = connect(Number(port), host);
    sockets.add(onward);
    onward.once("connect", () => socket.write("HTTP/1.1 200 Open\r\n\r\n"));
    pipeline(socket, onward, () => undefined);
    pipeline(onward, socket, () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${login.replace(" ", "%20")}@127.0.0.1:${port}`,
    asked,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
