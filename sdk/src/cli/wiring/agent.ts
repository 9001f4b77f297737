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
import { silentLogger, systemClock, type Logger } from "../../ports/index.ts";
import { fileExists, readFileText, readSecret } from "../../release/files.ts";
import { holdTrust, readTrust } from "../../release/trust.ts";
import type {
  AgentConfig,
  ReceiptConfig,
  ReceiverConfig,
  SmbclientConfig,
} from "../../schema/index.ts";
import type { Obtainer, ReceiptSender, Receiver } from "../../transport/index.ts";
import { openShare, type Share, type ShareLocation } from "../../transport/tree/index.ts";
import type { WebAccess } from "../../transport/web/index.ts";
import { httpReceiptSender } from "../../transports/http/receipts/index.ts";
import { httpReceiver } from "../../transports/http/receiver/index.ts";
import { uncReceiptSender } from "../../transports/unc/receipts/index.ts";
import { uncReceiver } from "../../transports/unc/receiver/index.ts";
import { isAheadOf } from "../../trust/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import type { LargeTransports } from "./large-transports.ts";
import type { AgentMail } from "./mail.ts";
import { locateShare } from "./share.ts";
import { wireWeb } from "./web.ts";

/** An agent, and its mail, which a message from a pipe goes through. */
export interface WiredAgent {
  readonly agent: Agent;
  /** Absent in the small agent. */
  readonly mail: AgentMail | undefined;
}

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
): Promise<WiredAgent> {
  const { values, resolve } = config;
  const { facts } = values;
  const trustFile = resolve(values.trustFile);
  const trust = await readTrust(terminal, trustFile);
  // A first document that does not hold is refused before the agent makes its folders and its key. Later it may be
  // long outdated: the agent keeps its successors.
  const isNew = !(await fileExists(terminal, resolve(values.dataDirectory)));
  if (isNew && !isAheadOf(trust, { now: systemClock.now() })) holdTrust(trust, trustFile);
  const web = await wireWeb(terminal, config);
  const mail = await wireMail(terminal, config, logger, large);
  const agent = await createAgent({
    id: values.id,
    groups: values.groups,
    ...(facts === undefined ? {} : { facts }),
    policy: policyOf(values),
    dataDirectory: resolve(values.dataDirectory),
    installDirectory: resolve(values.installDirectory),
    trust,
    receivers: await Promise.all(
      values.receivers.map((receiver, at) =>
        wireReceiver(config, receiver, { at, logger, large, mail, web }),
      ),
    ),
    obtainers: [
      ...wireObtainers(config, web, large),
      ...(mail === undefined ? [] : [mail.obtainer]),
    ],
    receiptSenders: await Promise.all(
      (values.receipts ?? [])
        // Mail last, whatever the order: it costs a mail, and nobody says that it was read.
        .toSorted((a, b) => Number(a.kind === "email") - Number(b.kind === "email"))
        .map((receipts) => wireReceipts(config, receipts, { mail, web, large })),
    ),
    logger,
  });
  return { agent, mail };
}

async function wireMail(
  terminal: Terminal,
  { values, path, resolve }: Configuration<AgentConfig>,
  logger: Logger,
  large: LargeTransports | undefined,
): Promise<AgentMail | undefined> {
  const { decryptionKeyFile, obtain } = values;
  const readText = (file: string): Promise<string> => readFileText(terminal, resolve(file));
  if (decryptionKeyFile !== undefined) {
    if (large?.unsealer === undefined)
      throw new OutriderError(
        "CONFIG_INVALID",
        `${path} names a decryptionKeyFile, and the agent as one file has no OpenPGP: use "outrider agent".`,
        { subject: path, pointer: "/decryptionKeyFile" },
      );
    await readText(decryptionKeyFile); // a file that is missing is said at once
  }
  return large?.mail(obtain?.email ?? {}, {
    resolve,
    readText,
    readSecret: (file) => readSecret(terminal, resolve(file)),
    spoolDirectory: (name) => join(resolve(values.dataDirectory), "spool", name),
    ...(decryptionKeyFile === undefined || large.unsealer === undefined
      ? {}
      : { unsealer: await large.unsealer(() => readText(decryptionKeyFile)) }),
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
    await (await wireAgent(terminal, config, silentLogger, large)).agent.close();
  return inspectAgent({
    id: values.id,
    groups: values.groups,
    dataDirectory,
    installDirectory: resolve(values.installDirectory),
    trust: await readTrust(terminal, resolve(values.trustFile)),
  });
}

interface ReceiverSurroundings {
  readonly at: number;
  readonly logger: Logger;
  readonly large: LargeTransports | undefined;
  readonly mail: AgentMail | undefined;
  readonly web: WebAccess;
}

/** One way to hear, by its place in the configuration, without an agent. @throws as {@link wireAgent} */
export async function wireOneReceiver(
  terminal: Terminal,
  config: Configuration<AgentConfig>,
  at: number,
  by: { readonly logger: Logger; readonly large: LargeTransports | undefined },
): Promise<Receiver> {
  const receiver = config.values.receivers[at];
  if (receiver === undefined)
    throw new OutriderError("CONFIG_INVALID", `${config.path} has no receiver ${at}.`);
  const web = await wireWeb(terminal, config);
  const mail = await wireMail(terminal, config, by.logger, by.large);
  return wireReceiver(config, receiver, { at, ...by, mail, web });
}

async function wireReceiver(
  config: Configuration<AgentConfig>,
  receiver: ReceiverConfig,
  { at, logger, large, mail, web }: ReceiverSurroundings,
): Promise<Receiver> {
  const polling = receiver.pollSeconds === undefined ? {} : { pollMs: receiver.pollSeconds * 1000 };
  if (receiver.kind === "unc")
    return uncReceiver({ ...agentShare(receiver, config, large), logger, ...polling });
  if (receiver.kind === "http")
    return httpReceiver({ url: receiver.url, logger, ...web, ...polling });
  if (large === undefined || mail === undefined)
    throw notInSmallAgent(config.path, `the receiver ${receiver.kind}`, `/receivers/${at}`);
  if (receiver.kind === "opportunistic")
    return large.near(receiver, { resolve: config.resolve, logger });
  return mail.mailbox(receiver, `${receiver.kind}-${at}`);
}

function notInSmallAgent(path: string, what: string, pointer: string): OutriderError {
  return new OutriderError(
    "CONFIG_INVALID",
    `${path} asks for ${what}, which the small agent does not have: use outrider-agent.mjs.`,
    { subject: path, pointer },
  );
}

interface ShareSource {
  readonly root: string;
  readonly smbclient?: SmbclientConfig;
}

/** Where a share is; nothing is read yet. @throws CONFIG_INVALID for one that nobody mounted, in the small agent */
export function agentShare(
  where: ShareSource,
  { path, resolve }: Configuration<AgentConfig>,
  large: LargeTransports | undefined,
): ShareLocation<Share> {
  const unmounted =
    large?.share ??
    (() => {
      throw notInSmallAgent(path, `the share ${where.root} by smbclient`, "");
    });
  return locateShare(where, { resolve, unmounted });
}

function wireObtainers(
  config: Configuration<AgentConfig>,
  web: WebAccess,
  large: LargeTransports | undefined,
): Obtainer[] {
  const { values } = config;
  const { http, unc } = values.obtain ?? {};
  // What lies beside a catalog is taken from there: by HTTP without a list of hosts, from a share or stick without
  // roots.
  const hearsByHttp = values.receivers.some(({ kind }) => ["http", "opportunistic"].includes(kind));
  const { hosts = [], allowLoopback = false } = http ?? {};
  const shares = [...(unc?.roots.map((root) => ({ ...unc, root })) ?? []), ...heardFrom(values)];
  const roots = new Map(
    shares.map((where) => [where.root, openShare(agentShare(where, config, large))]),
  );
  return [
    attachedObtainer(),
    ...(http === undefined && !hearsByHttp ? [] : [httpObtainer({ hosts, allowLoopback, ...web })]),
    ...(roots.size === 0 ? [] : [uncObtainer({ roots: [...roots.values()] })]),
  ];
}

/** The shares and mount points that the agent looks at for catalogs. */
function heardFrom({ receivers }: AgentConfig): ShareSource[] {
  return receivers.flatMap((receiver): ShareSource[] => {
    if (receiver.kind === "unc") return [receiver];
    return receiver.kind === "opportunistic"
      ? (receiver.mounts ?? []).map((root) => ({ root }))
      : [];
  });
}

async function wireReceipts(
  config: Configuration<AgentConfig>,
  receipts: ReceiptConfig,
  { mail, web, large }: Pick<ReceiverSurroundings, "mail" | "web" | "large">,
): Promise<ReceiptSender> {
  if (receipts.kind === "http") return httpReceiptSender({ url: receipts.url, ...web });
  if (receipts.kind === "unc") return uncReceiptSender(agentShare(receipts, config, large));
  if (mail === undefined) throw notInSmallAgent(config.path, "receipts by mail", "/receipts");
  return mail.receipts(receipts);
}
