/**
 * What carriers report of mails that they had taken. A report is believed only of a job of this server's, named by a
 * reference that cannot be guessed, and of a recipient to whom that job wrote; it moves the recipient's row only from
 * `sent`, and what the agent itself says later counts more. Another way to the agent is tried in its place, if it has
 * one.
 */
import type { AgentRegistry, Addressee, DeploymentStore } from "../../ledger/index.ts";
import type { Clock } from "../../ports/index.ts";
import type { ReturnedMail, ReturnedRecipient } from "../../transport/index.ts";
import { wantedOf, waysTo } from "../audience/reach.ts";
import type { TransportProfile } from "../carriage/transports.ts";
import type { ServerEvent } from "../news/events.ts";
import type { References } from "../sending/references.ts";
import type { Suppression } from "../sending/suppression.ts";

/** What booking a report needs. */
export interface ReturnedParts {
  readonly deployments: Pick<DeploymentStore, "addressees" | "bounce" | "progress">;
  readonly agents: Pick<AgentRegistry, "find">;
  readonly references: References;
  readonly suppression: Suppression;
  readonly transports: readonly TransportProfile[];
  readonly clock: Clock;
  tell(event: ServerEvent): void;
}

/** accepted: of somebody this server had written to; early: of somebody to whom, by the ledger, it still writes. */
export type ReturnedVerdict = "accepted" | "early" | "ignored";

/** Books all that a report says, or, where it is early, nothing yet. */
export async function takeReturned(
  mail: ReturnedMail,
  parts: ReturnedParts,
): Promise<ReturnedVerdict> {
  const job = await parts.references.jobOf(mail.reference);
  if (job === undefined) return "ignored";
  const said: { readonly recipient: ReturnedRecipient; readonly addressee: Addressee }[] = [];
  for (const recipient of mail.recipients)
    for (const addressee of await parts.deployments.addressees(job, recipient.address))
      said.push({ recipient, addressee });
  // A job is booked when its last message is out; the first may be back by then.
  if (said.some((one) => one.recipient.action === "failed" && one.addressee.state === "planned"))
    return "early";
  for (const { recipient, addressee } of said) await book(job, recipient, addressee, parts);
  return said.length > 0 ? "accepted" : "ignored";
}

async function book(
  job: number,
  recipient: ReturnedRecipient,
  { agent, deployment, transport }: Addressee,
  parts: ReturnedParts,
): Promise<void> {
  const { address, action, status } = recipient;
  const now = parts.clock.now();
  const detail = `${action} ${status} ${recipient.detail}`.replaceAll(/ +/g, " ").trim();
  if (action === "failed") {
    if (isAddressAtFault(status)) await parts.suppression.learn(transport, address, true);
    const instead = await otherWay({ agent, deployment, transport }, parts);
    const bounce = { job, agent, detail, now, ...(instead === undefined ? {} : { instead }) };
    if (!(await parts.deployments.bounce(bounce))) return;
  }
  const at = now.toISOString();
  parts.tell({ event: "returned", at, deployment, agent, transport, action, detail });
}

/**
 * Was it the address, or only this mail or this day? A full mailbox, a mail that is too large, a refusal of what is in
 * it and a time that ran out say nothing against the address (RFC 3463 3).
 */
function isAddressAtFault(status: string): boolean {
  return /^5\.(0\.0|1\.\d+|2\.[01]|4\.[14]|7\.1[37])$/.test(status);
}

/** The next of the agent's addresses, in its own order, as far as the order lets it be used. */
async function otherWay(
  {
    agent: id,
    deployment,
    transport: failed,
  }: Pick<Addressee, "agent" | "deployment" | "transport">,
  { agents, deployments, transports }: ReturnedParts,
): Promise<{ readonly transport: string; readonly address: string } | undefined> {
  const agent = await agents.find(id);
  if (agent === undefined) return undefined;
  const wanted = (await deployments.progress(deployment))?.deployment.transports;
  return waysTo(agent, wantedOf(transports, wanted)).find(({ transport }) => transport !== failed);
}
