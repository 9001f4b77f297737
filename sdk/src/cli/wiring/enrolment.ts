/**
 * A machine becomes an agent. In this order, so that nothing is half-done: the trust document is fetched and held to
 * its digest; the key is made; the server registers it, which uses the token up; only then is there a configuration. A
 * try that failed is tried again with the same command: document and key are used again.
 */
import { dirname, join } from "node:path";
import { fetchPinnedTrust, serverClient, type EnrolledAgent } from "../../client/index.ts";
import { OutriderError } from "../../errors/index.ts";
import { encodeEnvelope, type SealedDocument } from "../../messages/index.ts";
import { fileExists, resolvePath, writeFileWhole } from "../../release/files.ts";
import { holdTrust, readTrust } from "../../release/trust.ts";
import {
  readDocumentText,
  validateAgentConfig,
  type AgentConfig,
  type Facts,
} from "../../schema/index.ts";
import { isThisMachine } from "../../transport/near-address.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { readAgentStatus } from "./agent.ts";
import { everyTransport } from "./every-transport.ts";

/** What the machine shall be. */
export interface EnrolmentWishes {
  /** The configuration that will be written. */
  readonly path: string;
  readonly server: string;
  /** Digest of the trust document's text, brought out of band. */
  readonly trustSha256: string;
  readonly id: string;
  readonly facts: Facts;
  /** A share that is read before anything else. */
  readonly share?: string;
  readonly mail?: {
    readonly address: string;
    readonly maildir: string;
    /** File of the secret key to which archives in mails are to be encrypted; made where there is none. */
    readonly decryptionKey?: string;
  };
}

/** An agent that a server knows now. */
export interface Enrolled {
  readonly agent: EnrolledAgent;
  /** Of its key. */
  readonly fingerprint: string;
}

/**
 * @throws TRUST_PIN, TRUST_*, TOKEN_INVALID, FILE_EXISTS, CONFIG_INVALID, UNAVAILABLE and what else the server refuses
 */
export async function enrolAgent(
  terminal: Terminal,
  wishes: EnrolmentWishes,
  token: string,
): Promise<Enrolled> {
  const { path, server, id, facts } = wishes;
  if (await fileExists(terminal, path))
    throw new OutriderError("FILE_EXISTS", `${path} exists already: this machine is an agent.`, {
      subject: path,
    });
  const client = serverClient({ url: server });
  requirePrivateWay(client.url);
  const config = checked({ ...draftConfig(wishes, client.url), groups: [] }, path);
  const { signal } = terminal;
  const trust = await fetchPinnedTrust(client, wishes.trustSha256, { signal });
  await keepTrust(terminal, path, trust);
  const configuration = inMemory(terminal, path, config);
  const encryptionKey = await encryptionKeyOf(configuration);
  const { key } = await readAgentStatus(terminal, configuration, everyTransport);
  const agent = await client.enrol(
    { token, id, key: key.packet, ...encryptionKey, addresses: addressesOf(wishes), facts },
    { signal },
  );
  const written = checked({ ...config, groups: agent.groups }, `the answer of ${client.url}`);
  const text = `${JSON.stringify(written, null, 2)}\n`;
  await writeFileWhole(terminal, path, text, { force: false, secret: true });
  return { agent, fingerprint: key.fingerprint };
}

const trustName = "trust.json";

/** Beside the configuration. One that is there already must be the same: another pin is another decision. */
async function keepTrust(
  terminal: Terminal,
  configPath: string,
  trust: SealedDocument<"trust/1">,
): Promise<void> {
  const path = join(dirname(configPath), trustName);
  holdTrust(trust, path);
  if (await fileExists(terminal, path)) {
    if ((await readTrust(terminal, path)).text === trust.text) return;
    throw new OutriderError(
      "FILE_EXISTS",
      `${path} is another trust document than the pinned one.`,
      {
        subject: path,
      },
    );
  }
  await writeFileWhole(terminal, path, encodeEnvelope(trust), { force: false, secret: true });
}

async function encryptionKeyOf({
  values: { id, decryptionKeyFile },
  resolve,
}: Configuration<AgentConfig>): Promise<{ readonly encryptionKey?: string }> {
  if (decryptionKeyFile === undefined) return {};
  const { openDecryptionKey } = await import("../../transports/email/receiver/decrypt/index.ts");
  return { encryptionKey: (await openDecryptionKey(resolve(decryptionKeyFile), id)).publicKey };
}

/** The token must not be read on the way: whoever had it first would be the agent. */
function requirePrivateWay(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol === "https:" || isThisMachine(hostname)) return;
  throw new OutriderError(
    "CONFIG_INVALID",
    `${url} is not https: the token would be read on the way. Give the server a certificate (listen.tlsCertificateFile), or make the machine known by a table (outrider agents import).`,
    { subject: url },
  );
}

function draftConfig(
  { id, facts, share, mail }: EnrolmentWishes,
  url: string,
): Omit<AgentConfig, "groups"> {
  const { host, hostname } = new URL(url);
  const hasFacts = Object.keys(facts).length > 0;
  return {
    id,
    dataDirectory: "agent/data",
    installDirectory: "agent/installed",
    trustFile: trustName,
    ...(hasFacts ? { facts } : {}),
    ...(mail?.decryptionKey === undefined ? {} : { decryptionKeyFile: mail.decryptionKey }),
    receivers: [
      ...(share === undefined ? [] : [{ kind: "unc", root: share } as const]),
      ...(mail === undefined ? [] : [{ kind: "maildir", path: mail.maildir } as const]),
      { kind: "http", url },
    ],
    obtain: {
      http: { hosts: [host], ...(isThisMachine(hostname) ? { allowLoopback: true } : {}) },
    },
    receipts: [
      { kind: "http", url },
      ...(share === undefined ? [] : [{ kind: "unc", root: share } as const]),
    ],
  };
}

/** In the order in which the server shall use them: it takes the first that it has a transport for. */
function addressesOf({ share, mail }: EnrolmentWishes): EnrolledAgent["addresses"] {
  return {
    ...(share === undefined ? {} : { unc: true }),
    ...(mail === undefined ? {} : { email: mail.address }),
    http: true,
  };
}

/** What a person named, or a server answered, is held to the schema before anything goes by it. */
function checked(config: AgentConfig, subject: string): AgentConfig {
  return readDocumentText(JSON.stringify(config), validateAgentConfig, subject);
}

/** As if it had been read: only a server that knows the agent makes it a file. */
function inMemory(
  terminal: Terminal,
  path: string,
  values: AgentConfig,
): Configuration<AgentConfig> {
  const folder = dirname(resolvePath(terminal, path));
  return {
    path,
    values,
    resolve: (named) => resolvePath({ ...terminal, workingDirectory: folder }, named),
  };
}
