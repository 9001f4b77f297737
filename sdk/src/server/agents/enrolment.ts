/**
 * Enrolment with one-time tokens: whoever runs the server makes a token for certain groups; the agent that shows it is
 * registered with its own public key, once. The server keeps a digest of the token, never the token.
 */
import { createHash, randomBytes } from "node:crypto";
import { OutriderError } from "../../errors/index.ts";
import type { AgentRegistry, ValueStore } from "../../ledger/index.ts";
import type { Clock } from "../../ports/index.ts";
import type { Facts, RegisteredAgent } from "../../schema/index.ts";
import { readPublicKey } from "../../signing/index.ts";
import { judgeEncryptionKeys } from "./encryption-keys.ts";
import { agentsInJson } from "./list.ts";

/** What a token is good for. */
export interface TokenOptions {
  /** Groups that the agent will be in. */
  readonly groups: readonly string[];
  /** Only for the agent of this name. Default: any that is not registered. */
  readonly agent?: string;
  /** How long, milliseconds. Default a day. */
  readonly validMs?: number;
}

/** What an agent shows. */
export interface EnrolmentRequest {
  readonly token: string;
  readonly id: string;
  /** Public-key packet body, base64. */
  readonly key: string;
  /** Armored OpenPGP certificate: archives in mails go to it encrypted. */
  readonly encryptionKey?: string;
  readonly addresses: RegisteredAgent["addresses"];
  readonly facts?: Facts;
}

/** Makes and takes tokens. */
export interface Enrolment {
  /** @returns the token; it is shown once and kept nowhere. */
  issue(options: TokenOptions): Promise<string>;
  /**
   * Registers the agent, and the token is gone.
   *
   * @throws TOKEN_INVALID; DOCUMENT_INVALID, ADDRESS_INVALID or KEY_REFUSED for what the agent says of itself (the
   * token stays good)
   */
  redeem(request: EnrolmentRequest): Promise<RegisteredAgent>;
}

interface Issued {
  readonly groups: readonly string[];
  readonly agent?: string;
  /** Milliseconds since 1970; 0 when it was used. */
  readonly untilMs: number;
  /** Who is being registered with it: after a crash that one, with that key, may come again, and nobody else. */
  readonly taken?: string;
}

const day = 24 * 3600 * 1000;

/** Opens enrolment over the store. */
export function openEnrolment(values: ValueStore, agents: AgentRegistry, clock: Clock): Enrolment {
  // One after the other, or two agents could use one token in the same moment.
  let last: Promise<unknown> = Promise.resolve();
  const redeem = async (request: EnrolmentRequest): Promise<RegisteredAgent> => {
    const name = nameOf(request.token);
    const { text, issued } = await find(values, name, clock);
    const [agent] = agentsInJson(JSON.stringify([registered(request, issued)]), "the enrolment");
    if (agent === undefined) throw refused();
    requireKey(agent);
    await judgeEncryptionKeys([agent]);
    const taken = `${agent.id} ${agent.key}`;
    if (issued.taken === undefined) await requireAllowed(agent, issued, agents);
    else if (issued.taken !== taken) throw refused();
    const held = JSON.stringify({ ...issued, taken });
    // Of several servers on one store, one lets it in.
    if (issued.taken === undefined && !(await values.swap(name, text, held))) throw refused();
    await agents.put([agent]);
    await values.swap(name, held, JSON.stringify({ ...issued, taken, untilMs: 0 }));
    return agent;
  };
  return {
    async issue({ groups, agent, validMs = day }) {
      const token = randomBytes(24).toString("base64url");
      const untilMs = clock.now().getTime() + validMs;
      const issued: Issued = { groups, untilMs, ...(agent === undefined ? {} : { agent }) };
      await values.set(nameOf(token), JSON.stringify(issued));
      return token;
    },
    redeem(request) {
      const turn = last.then(() => redeem(request));
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}

async function find(
  values: ValueStore,
  name: string,
  clock: Clock,
): Promise<{ readonly text: string; readonly issued: Issued }> {
  const text = await values.get(name);
  if (text === undefined) throw refused();
  const issued = JSON.parse(text) as Issued;
  if (clock.now().getTime() >= issued.untilMs) throw refused();
  return { text, issued };
}

function registered(
  { token: _token, ...told }: EnrolmentRequest,
  { groups }: Issued,
): RegisteredAgent {
  return { ...told, groups: [...groups] };
}

/** A key that could verify no receipt would use the token up. @throws KEY_REFUSED */
function requireKey({ id, key = "" }: RegisteredAgent): void {
  try {
    readPublicKey(Buffer.from(key, "base64"));
  } catch (cause) {
    throw new OutriderError(
      "KEY_REFUSED",
      `What agent ${id} sent is no public key that receipts could be held to.`,
      { subject: id, cause },
    );
  }
}

/** A token does not take over an agent that is there, unless it was made for it by name. */
async function requireAllowed(
  { id }: RegisteredAgent,
  issued: Issued,
  agents: AgentRegistry,
): Promise<void> {
  const isNamed = issued.agent === id;
  if (issued.agent !== undefined && !isNamed) throw refused();
  if (!isNamed && (await agents.find(id)) !== undefined)
    throw new OutriderError(
      "TOKEN_INVALID",
      `An agent ${id} is registered already. Make a token for it by name to enrol it anew.`,
      { subject: id },
    );
}

function refused(): OutriderError {
  return new OutriderError(
    "TOKEN_INVALID",
    "The enrolment token is unknown, used or too old. Ask for a new one.",
  );
}

function nameOf(token: string): string {
  return `enrolment/${createHash("sha256").update(token).digest("hex")}`;
}
