/**
 * Receipts: what agents report, by any transport. Signed by the agent's own registered key, counted once, never counted
 * when forged (THREATS N17). The agent's name is looked for in the unverified text only to know whose key to try.
 */
import { OutriderError } from "../../errors/index.ts";
import type {
  AgentRegistry,
  DeploymentStore,
  ReceiptFacts,
  ValueStore,
} from "../../ledger/index.ts";
import { openEnvelope, recognize, type SealedDocument } from "../../messages/index.ts";
import type { Clock } from "../../ports/index.ts";
import type { Receipt } from "../../schema/index.ts";
import { fingerprintOf, trustAgentKey } from "../../signing/index.ts";
import type { TrustSet } from "../../trust/index.ts";
import { isOfAnotherMachine, noteTwice } from "../agents/twice.ts";
import { judge, type Accepted, type JudgeParts } from "../judge.ts";
import type { Verdict } from "../news/events.ts";
import type { RawTrigger } from "../raw.ts";
import { partsAskedFor, type ResendingParts } from "../sending/resending.ts";
import type { Suppression } from "../sending/suppression.ts";
import type { ReceiptFlood } from "./receipt-flood.ts";

/** What receiving needs. */
export interface ReceiptParts extends JudgeParts, ResendingParts {
  readonly trust: TrustSet;
  readonly agents: Pick<AgentRegistry, "find">;
  readonly deployments: Pick<DeploymentStore, "take" | "ledger">;
  readonly values: ResendingParts["values"] & Pick<ValueStore, "set">;
  readonly clock: Clock;
  readonly suppression: Suppression;
  readonly receiptFlood: ReceiptFlood;
}

/** An enrolled key has no end of its own: it counts until the agent is taken off the register. */
const never = new Date("9999-12-31T23:59:59Z");

/** Judges and books one receipt. */
export async function takeReceipt(raw: RawTrigger, parts: ReceiptParts): Promise<Verdict> {
  let isSaid = false;
  const told: JudgeParts = {
    // A flood has one line, and not one a receipt.
    audit: { append: async (entry) => (isSaid ? undefined : parts.audit.append(entry)) },
    tell: (event) => parts.tell(event),
  };
  return judge("receipt", raw, told, async () => {
    const message = recognize(raw.bytes, "receipt/1");
    if (message === undefined) return undefined;
    const sealed = openEnvelope(message, "the receipt");
    const receipt = await verify(sealed, parts);
    const admission = parts.receiptFlood.admit(receipt.agent);
    isSaid = admission === "stillTooMany";
    if (admission !== "admitted") throw tooMany(receipt.agent, admission, parts);
    return book(receipt, sealed.text, parts);
  });
}

function tooMany(
  agent: string,
  admission: "tooMany" | "stillTooMany",
  { logger }: ReceiptParts,
): OutriderError {
  const what = `Agent ${agent} sends more receipts than an honest one does; most are not taken until it is quiet. Look at that machine, or take its key off the register.`;
  if (admission === "tooMany") logger.log("warn", what, { agent });
  return new OutriderError("RECEIPTS_TOO_MANY", what, { subject: agent });
}

async function verify(sealed: SealedDocument<"receipt/1">, parts: ReceiptParts): Promise<Receipt> {
  const name = /"agent"\s*:\s*"([A-Za-z0-9._-]{1,100})"/.exec(sealed.text)?.[1] ?? "";
  const agent = await parts.agents.find(name);
  if (agent?.key === undefined)
    throw new OutriderError(
      "KEY_UNKNOWN",
      `No key of an agent ${JSON.stringify(name)} is registered here. Enrol it first.`,
      {
        subject: name,
      },
    );
  const fingerprint = fingerprintOf(Buffer.from(agent.key, "base64"));
  const key = trustAgentKey({ fingerprint, packet: agent.key }, agent.id, never);
  return parts.trust.at(parts.clock.now()).verifyReceipt(sealed, key).document;
}

async function book(receipt: Receipt, text: string, parts: ReceiptParts): Promise<Accepted> {
  const asksFor = await partsAskedFor(receipt, parts);
  const facts: ReceiptFacts = {
    agent: receipt.agent,
    counter: receipt.counter,
    deployment: receipt.deployment,
    state: stateOf(receipt.outcome),
    detail: receipt.code ?? "",
    text,
    ...(asksFor === undefined ? {} : { asksFor }),
    now: parts.clock.now(),
  };
  const verdict = await parts.deployments.take(facts);
  if (verdict === "known") throw await knownBefore(receipt, text, parts);
  parts.receiptFlood.charge(receipt.agent);
  if (verdict === "stranger")
    throw new OutriderError(
      "NOT_FOR_US",
      `Agent ${receipt.agent} is not in deployment ${receipt.deployment}.`,
      { subject: receipt.agent },
    );
  const { deployment, agent, state } = facts;
  await clearAddress(receipt, parts);
  parts.tell({
    event: "receipt",
    at: facts.now.toISOString(),
    deployment,
    agent,
    state,
    receipt: text,
  });
  return { id: `${agent}/${receipt.counter}`, deployment, signers: [] };
}

/** The same once more; or another of its number, which one machine alone never signs. */
async function knownBefore(
  receipt: Receipt,
  text: string,
  { agents, deployments, values }: ReceiptParts,
): Promise<OutriderError> {
  const { agent: id, counter, deployment } = receipt;
  const subject = { subject: id };
  const [row] = await deployments.ledger(deployment, { agents: [id] });
  const agent = await agents.find(id);
  if (agent === undefined || !isOfAnotherMachine(receipt, text, row?.receipt))
    return new OutriderError(
      "REPLAYED",
      `Receipt ${counter} of ${id} was counted before, or a later one was.`,
      subject,
    );
  await noteTwice(agent, values);
  return new OutriderError(
    "AGENT_TWICE",
    `Two machines are ${id}: both signed a receipt ${counter} with its key, and they differ. Copies of one image do that, or a machine that was set back. Give each an id and a key of its own.`,
    subject,
  );
}

/** Whoever answers what came by mail is reached by mail. */
async function clearAddress(
  { agent, transport }: Receipt,
  { agents, suppression }: ReceiptParts,
): Promise<void> {
  const email = (await agents.find(agent))?.addresses.email;
  if (transport === "email" && email !== undefined) await suppression.learn("email", email, false);
}

function stateOf(outcome: Receipt["outcome"]): ReceiptFacts["state"] {
  // What waits for its window, or asks for missing mail parts, has been received.
  return outcome === "deferred" || outcome === "requested" ? "received" : outcome;
}
