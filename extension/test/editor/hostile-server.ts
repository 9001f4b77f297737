/** A server that lies in every text it gives, and one that must never be asked. */
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What would run if anything took it for markup, a command or a link. */
export const hostileText =
  '<img src=x onerror="globalThis.owned=1"><script>globalThis.owned=1</script>[go](command:outrider.push)$(bug)';

/** A listening server. */
export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

const at = "2026-11-22T12:00:00.000Z";
const counts = {
  planned: 0,
  sent: 0,
  received: 0,
  installed: 0,
  rolledBack: 0,
  failed: 1,
  refused: 0,
  noAnswer: 0,
};
const shown = {
  deployment: {
    id: "hostile",
    packageName: hostileText,
    version: hostileText,
    manifest: hostileText,
    audience: { groups: [hostileText] },
    reason: hostileText,
    acceptedAt: at,
    expiresAt: at,
    approval: false,
    signers: [hostileText],
    waves: [{ name: hostileText, size: 1 }],
    windows: [],
  },
  state: "running",
  reason: hostileText,
  waves: [{ state: "running", counts }],
};
const row = {
  agent: hostileText,
  wave: 0,
  transport: hostileText,
  address: hostileText,
  state: "failed",
  detail: hostileText,
  changedAt: at,
  receipt: JSON.stringify({ code: hostileText, step: hostileText, transport: hostileText }),
};
const event = { kind: hostileText, deployment: "hostile", at, reason: hostileText };

/** Answers everything that the editor asks. */
export async function startHostileServer(): Promise<HostileServer> {
  return start((path) => {
    if (path === "/deployments") return [shown];
    if (path === "/deployments/hostile") return shown;
    if (path === "/deployments/hostile/events") return [event];
    if (path === "/deployments/hostile/agents") return [row];
    return [];
  });
}

/** Whoever asks it anything has fallen for a workspace. */
export async function startTrap(): Promise<HostileServer> {
  return start(() => []);
}

async function start(answer: (path: string) => unknown): Promise<HostileServer> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? "/", "http://127.0.0.1/");
    asked.push(pathname);
    if (pathname === "/events") {
      response.writeHead(200, { "content-type": "text/event-stream" });
      response.write(": here\n\n");
      return;
    }
    // One page of agents, whatever the name of the last is.
    const value = (searchParams.get("after") ?? "") === "" ? answer(pathname) : [];
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(value));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
