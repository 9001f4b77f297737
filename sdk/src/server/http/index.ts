/**
 * The server's HTTP face (Fastify). Triggers, controls and receipts are authenticated by their own signatures; what
 * agents fetch is signed or named by digest; reading about deployments and agents takes a bearer token, unless the
 * server is bound to loopback. Errors are `{code, message}`.
 */
import { isIP } from "node:net";
import { fastify, type FastifyInstance, type FastifyReply } from "fastify";
import { OutriderError } from "../../errors/index.ts";
import type { ServerStore } from "../../ledger/index.ts";
import type { Clock, Logger } from "../../ports/index.ts";
import { isThisMachine } from "../../transport/near-address.ts";
import type { PackageSource } from "../publishing/packages.ts";
import type { Server } from "../server.ts";
import { requireLoopbackName, requireToken } from "./access.ts";
import { answerErrors } from "./errors.ts";
import { floodGate, holdBack, type FloodLimits } from "./flood.ts";
import { openMetrics } from "./metrics/index.ts";
import { requirePlainNames } from "./query.ts";
import { agentRoutes, enrolmentRoutes } from "./routes/agents.ts";
import { hookRoutes, type Hook } from "./routes/hooks.ts";
import { liveRoutes } from "./routes/live.ts";
import { messageRoutes } from "./routes/messages.ts";
import { openApiRoutes } from "./routes/openapi.ts";
import { publicRoutes } from "./routes/public.ts";
import { readingRoutes } from "./routes/reading.ts";
import { signalRoutes } from "./routes/signals.ts";

/** Where and how to listen. */
export interface HttpOptions {
  /** Address. Default 127.0.0.1. */
  readonly host?: string;
  /** 0 takes any. */
  readonly port: number;
  /** Addresses and networks of proxies whose X-Forwarded-For is believed. Default: of none. */
  readonly proxies?: readonly string[];
  /** Bearer token for reading; needed beyond loopback. */
  readonly token?: string;
  /** PEM. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Webhooks, at `/hooks/NAME`. */
  readonly hooks?: readonly Hook[];
  /** How many refused messages are borne from one address. */
  readonly flood?: FloodLimits;
}

/** What the routes serve from. */
export interface HttpParts {
  readonly server: Server;
  readonly store: ServerStore;
  readonly packages: PackageSource;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** A bound server. */
export interface HttpListener {
  /** Ends in a slash. */
  readonly url: string;
  /** The same, where agents can use it: not for a wildcard address. */
  readonly agentUrl?: string;
  close(): Promise<void>;
}

/** Largest body: a trigger, control or receipt may have 64 KiB. */
const maxBodyBytes = 64 * 1024;

/** Binds and serves. @throws PORT_BUSY, CONFIG_INVALID */
export async function listen(options: HttpOptions, parts: HttpParts): Promise<HttpListener> {
  const host = options.host ?? "127.0.0.1";
  if (!isThisMachine(host) && (options.token ?? "").length < 16)
    throw new OutriderError(
      "CONFIG_INVALID",
      `Listening on ${host}, beyond loopback, takes a bearer token of at least 16 characters for reading. Set listen.token, in a configuration listen.tokenFile.`,
      { subject: host },
    );
  const app = build(options, parts);
  await bind(app, host, options.port);
  const address = app.server.address();
  const port = typeof address === "object" && address !== null ? address.port : options.port;
  const scheme = options.tls === undefined ? "http" : "https";
  const url = `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port}/`;
  const isWildcard = host === "0.0.0.0" || host === "::";
  return {
    url,
    ...(isWildcard ? {} : { agentUrl: url }),
    close: () => app.close(),
  };
}

function build(options: HttpOptions, parts: HttpParts): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: maxBodyBytes,
    trustProxy: options.proxies === undefined ? false : proxiesOf(options.proxies),
    forceCloseConnections: true, // a watcher must not hold up the end
    requestTimeout: 30_000,
    routerOptions: { maxParamLength: 128 },
    frameworkErrors: (_error, _request, reply: FastifyReply) =>
      void reply.code(400).send({ code: "BAD_REQUEST", message: "This is no address of ours." }),
    ...(options.tls === undefined
      ? {}
      : { https: { cert: options.tls.certificate, key: options.tls.key } }),
  });
  // Bodies are exact bytes that somebody signed: nothing may parse them on the way.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
  answerErrors(app, parts.logger);
  const metrics = openMetrics({
    deployments: parts.store.deployments,
    clock: parts.clock,
    readiness: () => parts.server.readiness(),
    events: parts.server.watch(),
  });
  app.addHook("onClose", () => metrics.close());
  app.addHook("onResponse", async ({ method, routeOptions }, { statusCode, elapsedTime }) =>
    metrics.answered({
      method,
      route: routeOptions.url ?? "",
      status: statusCode,
      seconds: elapsedTime / 1000,
    }),
  );
  const gate = floodGate(parts.clock, options.flood);
  app.register(async (incoming) => {
    holdBack(incoming, gate);
    messageRoutes(incoming, parts, gate);
    hookRoutes(incoming, options.hooks ?? [], gate);
    enrolmentRoutes(incoming, parts, gate);
  });
  publicRoutes(app, parts);
  signalRoutes(app, parts);
  openApiRoutes(app);
  app.register(async (guarded) => {
    if (options.token === undefined) requireLoopbackName(guarded);
    else requireToken(guarded, options.token);
    requirePlainNames(guarded);
    readingRoutes(guarded, parts, metrics);
    agentRoutes(guarded, parts);
    liveRoutes(guarded, parts);
  });
  return app;
}

/** @throws CONFIG_INVALID */
function proxiesOf(proxies: readonly string[]): string[] {
  for (const proxy of proxies) {
    const [address = "", bits = "0"] = proxy.split("/");
    if (isIP(address) === 0 || Number(bits) > (isIP(address) === 6 ? 128 : 32))
      throw new OutriderError(
        "CONFIG_INVALID",
        `${proxy} is no address or network of a proxy: write it like 127.0.0.1 or 10.0.0.0/8.`,
        { subject: proxy, pointer: "/listen/proxies" },
      );
  }
  return [...proxies];
}

async function bind(app: FastifyInstance, host: string, port: number): Promise<void> {
  try {
    await app.listen({ host, port });
  } catch (cause) {
    await app.close();
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EADDRINUSE")
      throw new OutriderError(
        "PORT_BUSY",
        `Port ${port} on ${host} is taken. Choose another, or end what uses it.`,
        {
          subject: `${host}:${port}`,
          cause,
        },
      );
    throw new OutriderError(
      "CONFIG_INVALID",
      `Cannot listen on ${host}:${port} (${code ?? String(cause)}).`,
      {
        subject: `${host}:${port}`,
        cause,
      },
    );
  }
}
