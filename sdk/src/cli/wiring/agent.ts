/** From an agent's configuration to an agent with its transports; the large ones are handed in. */
import { join } from "node:path";
import {
  createAgent,
  inspectAgent,
  type Agent,
  type AgentPolicy,
  type AgentStatus,
} from "../../agent/index.ts";
import { OutriderError } from "../../errors/index.ts";
import { attachedObtainer } from "../../obtain/attached/index.ts";
import { httpObtainer } from "../../obtain/http/index.ts";
import { uncObtainer } from "../../obtain/unc/index.ts";
import { silentLogger, type Logger } from "../../ports/index.ts";
import type { AgentConfig, ReceiptConfig, ReceiverConfig } from "../../schema/index.ts";
import type { Obtainer, ReceiptSender, Receiver } from "../../transport/index.ts";
import type { WebAccess } from "../../transport/web/index.ts";
import { httpReceiptSender } from "../../transports/http/receipts/index.ts";
import { httpReceiver } from "../../transports/http/receiver/index.ts";
import { uncReceiptSender } from "../../transports/unc/receipts/index.ts";
import { uncReceiver } from "../../transports/unc/receiver/index.ts";
import type { Configuration } from "../config.ts";
import { fileExists, readFileText, readSecret } from "../files.ts";
import type { Terminal } from "../io.ts";
import type { LargeTransports } from "./large-transports.ts";
import { holdTrust, readTrust } from "./trust.ts";
import { wireWeb } from "./web.ts";

/**
 * Opens the agent; nothing is listened to before `run`.
 *
 * @param large undefined in the small agent.
 * @throws AGENT_BUSY, TRUST_*, FILE_MISSING, CONFIG_INVALID
 */
export async function wireAgent(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  logger: Logger,
  large: LargeTransports | undefined,
): Promise<Agent> {
  const { values, resolve } = config;
  const { facts } = values;
  const trustFile = resolve(values.trustFile);
  const trust = await readTrust(terminal, trustFile);
  // A first document that does not hold is refused before the agent makes its folders and its key. Later it may be
  // long outdated: the agent keeps its successors.
  if (!(await fileExists(terminal, resolve(values.dataDirectory)))) holdTrust(trust, trustFile);
  const web = await wireWeb(terminal, config);
  return createAgent({
    id: values.id,
    groups: values.groups,
    ...(facts === undefined ? {} : { facts }),
    policy: policyOf(values),
    dataDirectory: resolve(values.dataDirectory),
    installDirectory: resolve(values.installDirectory),
    trust,
    receivers: await Promise.all(
      values.receivers.map((receiver, at) =>
        wireReceiver(config, receiver, { at, terminal, logger, large, web }),
      ),
    ),
    obtainers: wireObtainers(config, web),
    receiptSenders: (values.receipts ?? []).map((receipts) => wireReceipts(config, receipts, web)),
    logger,
  });
}

function policyOf({ windows, allowHooks, obtain = {}, ...values }: AgentConfig): AgentPolicy {
  const { priority, keepFreeBytes, retrySeconds } = values;
  return {
    sources: obtain,
    ...(obtain.bytesPerSecond === undefined ? {} : { bytesPerSecond: obtain.bytesPerSecond }),
    ...(priority === undefined ? {} : { priority }),
    ...(keepFreeBytes === undefined ? {} : { keepFreeBytes }),
    ...(retrySeconds === undefined ? {} : { retryMs: retrySeconds * 1000 }),
    ...(windows === undefined ? {} : { windows }),
    ...(allowHooks === undefined ? {} : { allowHooks }),
  };
}

/**
 * Looks at the agent, whether it runs or not; one that never ran is started once, so that it has a key to enroll.
 *
 * @throws as {@link wireAgent}
 */
export async function readAgentStatus(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  large: LargeTransports | undefined,
): Promise<AgentStatus> {
  const { values, resolve } = config;
  const dataDirectory = resolve(values.dataDirectory);
  if (!(await fileExists(terminal, dataDirectory)))
    await (await wireAgent(terminal, config, silentLogger, large)).close();
  return inspectAgent({
    id: values.id,
    groups: values.groups,
    dataDirectory,
    installDirectory: resolve(values.installDirectory),
    trust: await readTrust(terminal, resolve(values.trustFile)),
  });
}

/** Private folder in which a mail's attachment waits. */
export function spoolDirectory(
  { values, resolve }: Configuration<AgentConfig>,
  name: string,
): string {
  return join(resolve(values.dataDirectory), "spool", name);
}

interface ReceiverSurroundings {
  readonly at: number;
  readonly terminal: Terminal;
  readonly logger: Logger;
  readonly large: LargeTransports | undefined;
  readonly web: WebAccess;
}

async function wireReceiver(
  config: Configuration<AgentConfig>,
  receiver: ReceiverConfig,
  { at, terminal, logger, large, web }: ReceiverSurroundings,
): Promise<Receiver> {
  const polling = receiver.pollSeconds === undefined ? {} : { pollMs: receiver.pollSeconds * 1000 };
  if (receiver.kind === "unc")
    return uncReceiver({ root: config.resolve(receiver.root), logger, ...polling });
  if (receiver.kind === "http")
    return httpReceiver({ url: receiver.url, logger, ...web, ...polling });
  if (large === undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      `${config.path} asks for the receiver ${receiver.kind}, which the small agent does not have: use outrider-agent.mjs.`,
      { subject: config.path, pointer: `/receivers/${at}` },
    );
  if (receiver.kind === "opportunistic")
    return large.near(receiver, { resolve: config.resolve, logger });
  return large.mail.mailbox(receiver, {
    resolve: config.resolve,
    readText: (path) => readFileText(terminal, config.resolve(path)),
    readSecret: (path) => readSecret(terminal, config.resolve(path)),
    spoolDirectory: spoolDirectory(config, `${receiver.kind}-${at}`),
    logger,
  });
}

function wireObtainers(
  { values, resolve }: Configuration<AgentConfig>,
  web: WebAccess,
): Obtainer[] {
  const { http, unc } = values.obtain ?? {};
  // What lies beside a catalog that came by HTTP is taken from there, without a list of hosts.
  const hearsByHttp = values.receivers.some(({ kind }) => ["http", "opportunistic"].includes(kind));
  const { hosts = [], allowLoopback = false } = http ?? {};
  return [
    attachedObtainer(),
    ...(http === undefined && !hearsByHttp ? [] : [httpObtainer({ hosts, allowLoopback, ...web })]),
    ...(unc === undefined ? [] : [uncObtainer({ roots: unc.roots.map(resolve) })]),
  ];
}

function wireReceipts(
  { resolve }: Configuration<AgentConfig>,
  receipts: ReceiptConfig,
  web: WebAccess,
): ReceiptSender {
  return receipts.kind === "http"
    ? httpReceiptSender({ url: receipts.url, ...web })
    : uncReceiptSender({ root: resolve(receipts.root) });
}
