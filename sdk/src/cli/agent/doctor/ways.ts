/** The ways: is each transport reachable, each share and host of archives, each way for receipts? */
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import { access, constants } from "node:fs/promises";
import { connect } from "node:net";
import { systemClock } from "../../../ports/index.ts";
import type { AgentConfig, ReceiptConfig } from "../../../schema/index.ts";
import { treeNames } from "../../../transport/tree/index.ts";
import { askWeb, type WebAccess } from "../../../transport/web/index.ts";
import type { Configuration } from "../../config.ts";
import type { Terminal } from "../../io.ts";
import { agentShare } from "../../wiring/agent.ts";
import type { LargeTransports } from "../../wiring/large-transports.ts";
import { wireWeb } from "../../wiring/web.ts";
import { bad, good, look, type Finding } from "./finding.ts";
import { examineClockAgainst } from "./identity.ts";
import { examineReceiver } from "./receivers.ts";

/** How long a way is given to answer. */
export interface WaysOptions {
  readonly patienceMs: number;
  readonly large: LargeTransports | undefined;
}

/** What every way is looked at with. */
export interface Ways extends WaysOptions {
  readonly terminal: Terminal;
  readonly config: Configuration<AgentConfig>;
  readonly web: WebAccess;
}

/** All of them, at the same time. */
export async function examineWays(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  options: WaysOptions,
): Promise<Finding[]> {
  const { values } = config;
  const ways: Ways = { ...options, terminal, config, web: await wireWeb(terminal, config) };
  const servers = new Set<string>();
  for (const way of [...values.receivers, ...(values.receipts ?? [])])
    if (way.kind === "http") servers.add(new URL(way.url).origin);
  const found = await Promise.all([
    ...values.receivers.map((receiver, at) => examineReceiver(receiver, at, ways)),
    ...(values.obtain?.unc?.roots ?? []).map((root) =>
      examineShare(`archives ${root}`, { ...values.obtain?.unc, root }, ways),
    ),
    ...(values.obtain?.http?.hosts ?? []).map(examineHost),
    ...(values.receipts ?? []).map((receipts) => examineReceipts(receipts, ways)),
    ...[...servers].map((server) => examineServerClock(server, ways)),
  ]);
  return found.filter((finding) => finding !== undefined);
}

async function examineShare(
  check: string,
  where: Parameters<typeof agentShare>[0],
  ways: Ways,
): Promise<Finding> {
  return look(check, "See whether the share is mounted and may be read.", async () => {
    await reachShare(where, constants.R_OK, ways);
    return good(check, "It can be read.");
  });
}

/** One that nobody mounted is asked for a listing: whether it can be written, only writing would tell. */
async function reachShare(
  where: Parameters<typeof agentShare>[0],
  mode: number,
  { config, large, terminal, patienceMs }: Ways,
): Promise<void> {
  const { root, share } = agentShare(where, config, large);
  const signal = AbortSignal.any([AbortSignal.timeout(patienceMs), terminal.signal]);
  if (root === undefined) await share.list(treeNames.receipts, { signal });
  else await access(root, mode | constants.X_OK);
}

async function examineHost(host: string): Promise<Finding> {
  const check = `archives ${host}`;
  return look(
    check,
    "See whether its name is right and known to this machine's resolver.",
    async () => {
      const { address } = await lookup(
        new URL(`http://${host}`).hostname.replace(/^\[(.*)\]$/, "$1"),
      );
      return good(check, `It is ${address}.`);
    },
  );
}

async function examineReceipts(receipts: ReceiptConfig, ways: Ways): Promise<Finding> {
  const check = `receipts ${receipts.kind}`;
  const remedy = "Without a way for receipts the server does not know of this machine's state.";
  return look(check, remedy, async () => {
    if (receipts.kind === "http") {
      const status = await askServer(new URL("healthz", receipts.url), ways);
      return status < 500
        ? good(check, `${receipts.url} answers.`)
        : bad(check, `${receipts.url} answers ${status}.`, remedy);
    }
    if (receipts.kind === "email") {
      const { host, tls = "starttls" } = receipts;
      const port = receipts.port ?? { implicit: 465, starttls: 587, none: 25 }[tls];
      await reach(host, port, ways);
      return good(
        check,
        `${host}:${port} answers. Certificate and login are tried when a receipt is sent.`,
      );
    }
    await reachShare(receipts, constants.W_OK, ways);
    return good(check, `${receipts.root} can be written.`);
  });
}

/** A server that says no time, or is away, is told of elsewhere. */
async function examineServerClock(origin: string, ways: Ways): Promise<Finding | undefined> {
  let said = Number.NaN;
  try {
    await askServer(new URL(origin), ways, (date) => (said = date));
  } catch {
    return undefined;
  }
  if (Number.isNaN(said)) return undefined;
  return examineClockAgainst(new URL(origin).host, systemClock.now().getTime() - said);
}

async function askServer(
  url: URL,
  { web, patienceMs, terminal }: Ways,
  hearDate?: (date: number) => void,
): Promise<number> {
  const signal = AbortSignal.any([AbortSignal.timeout(patienceMs), terminal.signal]);
  const answer = await askWeb(url, { ...web, signal });
  answer.destroy();
  hearDate?.(Date.parse(answer.headers.date ?? ""));
  return answer.statusCode ?? 0;
}

async function reach(host: string, port: number, { patienceMs, terminal }: Ways): Promise<void> {
  const signal = AbortSignal.any([AbortSignal.timeout(patienceMs), terminal.signal]);
  const socket = connect(port, host);
  try {
    await once(socket, "connect", { signal });
  } finally {
    socket.destroy();
  }
}
