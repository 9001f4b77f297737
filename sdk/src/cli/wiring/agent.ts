/** From an agent's configuration to an agent with its transports. */
import { join } from "node:path";
import { createAgent, type Agent } from "../../agent/index.ts";
import { attachedObtainer } from "../../obtain/attached/index.ts";
import { httpObtainer } from "../../obtain/http/index.ts";
import { uncObtainer } from "../../obtain/unc/index.ts";
import type { Logger } from "../../ports/index.ts";
import type { AgentConfig, ReceiptConfig, ReceiverConfig } from "../../schema/index.ts";
import type { Obtainer, ReceiptSender, Receiver } from "../../transport/index.ts";
import { maildirReceiver } from "../../transports/email/receiver/index.ts";
import { httpReceiptSender } from "../../transports/http/receipts/index.ts";
import { uncReceiptSender } from "../../transports/unc/receipts/index.ts";
import { uncReceiver } from "../../transports/unc/receiver/index.ts";
import type { Configuration } from "../config.ts";
import { fileExists } from "../files.ts";
import type { Terminal } from "../io.ts";
import { holdTrust, readTrust } from "./trust.ts";

/** Opens the agent; nothing is listened to before `run`. @throws AGENT_BUSY, TRUST_*, FILE_MISSING, CONFIG_INVALID */
export async function wireAgent(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  logger: Logger,
): Promise<Agent> {
  const { values, resolve } = config;
  const { facts, windows } = values;
  const trustFile = resolve(values.trustFile);
  const trust = await readTrust(terminal, trustFile);
  // A first document that does not hold is refused before the agent makes its folders and its key. Later it may be
  // long outdated: the agent keeps its successors.
  if (!(await fileExists(terminal, resolve(values.dataDirectory)))) holdTrust(trust, trustFile);
  return createAgent({
    id: values.id,
    groups: values.groups,
    ...(facts === undefined ? {} : { facts }),
    ...(windows === undefined ? {} : { policy: { windows } }),
    dataDirectory: resolve(values.dataDirectory),
    installDirectory: resolve(values.installDirectory),
    trust,
    receivers: values.receivers.map((receiver, at) => wireReceiver(config, receiver, at, logger)),
    obtainers: wireObtainers(config),
    receiptSenders: (values.receipts ?? []).map((receipts) => wireReceipts(config, receipts)),
    logger,
  });
}

/** Private folder in which a mail's attachment waits. */
export function spoolDirectory(
  { values, resolve }: Configuration<AgentConfig>,
  name: string,
): string {
  return join(resolve(values.dataDirectory), "spool", name);
}

function wireReceiver(
  config: Configuration<AgentConfig>,
  receiver: ReceiverConfig,
  at: number,
  logger: Logger,
): Receiver {
  const polling = receiver.pollSeconds === undefined ? {} : { pollMs: receiver.pollSeconds * 1000 };
  if (receiver.kind === "unc")
    return uncReceiver({ root: config.resolve(receiver.root), logger, ...polling });
  return maildirReceiver({
    path: config.resolve(receiver.path),
    spoolDirectory: spoolDirectory(config, `maildir-${at}`),
    logger,
    ...polling,
    ...(receiver.processed === undefined ? {} : { processed: receiver.processed }),
  });
}

function wireObtainers({ values, resolve }: Configuration<AgentConfig>): Obtainer[] {
  const { http, unc } = values.obtain ?? {};
  return [
    attachedObtainer(),
    ...(http === undefined
      ? []
      : [httpObtainer({ hosts: http.hosts, allowLoopback: http.allowLoopback ?? false })]),
    ...(unc === undefined ? [] : [uncObtainer({ roots: unc.roots.map(resolve) })]),
  ];
}

function wireReceipts(
  { resolve }: Configuration<AgentConfig>,
  receipts: ReceiptConfig,
): ReceiptSender {
  return receipts.kind === "http"
    ? httpReceiptSender({ url: receipts.url })
    : uncReceiptSender({ root: resolve(receipts.root) });
}
