/** The machines of the demo: three that are updated, and one whose mail somebody has altered. */
import { join } from "node:path";
import { createAgent, type Agent, type AgentEvent } from "@outrider/sdk/agent";
import type { SealedDocument } from "@outrider/sdk/messages";
import { attachedObtainer } from "@outrider/sdk/obtain/attached";
import { httpObtainer } from "@outrider/sdk/obtain/http";
import { uncObtainer } from "@outrider/sdk/obtain/unc";
import type { RegisteredAgent } from "@outrider/sdk/schema";
import type { Obtainer, ReceiptSender, Receiver } from "@outrider/sdk/transport";
import { maildirReceiver } from "@outrider/sdk/transports/email/receiver";
import { httpReceiptSender } from "@outrider/sdk/transports/http/receipts";
import { uncReceiptSender } from "@outrider/sdk/transports/unc/receipts";
import { uncReceiver } from "@outrider/sdk/transports/unc/receiver";

/** What a machine has and may do. */
export interface MachineOptions {
  readonly id: string;
  readonly group: string;
  readonly trust: SealedDocument<"trust/1">;
  readonly receivers: readonly Receiver[];
  readonly obtainers: readonly Obtainer[];
  readonly receiptSenders: readonly ReceiptSender[];
}

/** A machine with its running agent. */
export interface Machine {
  readonly agent: Agent;
  readonly installDirectory: string;
  /** What the server must know of it. */
  readonly registration: RegisteredAgent;
  /** Everything its agent told so far. */
  readonly events: readonly AgentEvent[];
  close(): Promise<void>;
}

const pollMs = 50;

/** The world that machines live in. */
export interface Surroundings {
  readonly folder: string;
  readonly trust: SealedDocument<"trust/1">;
  readonly serverUrl: string;
  readonly share: string;
  readonly createMailbox: (address: string) => Promise<string>;
}

/** Mail with the package attached; it has no other way to get it. */
export async function pressByMail(
  { folder, trust, serverUrl, createMailbox }: Surroundings,
  id: string,
): Promise<Machine> {
  const address = `${id}@hall.test`;
  return startMachine(
    folder,
    { email: address },
    {
      id,
      group: "hall",
      trust,
      receivers: [mailbox(folder, id, await createMailbox(address))],
      obtainers: [attachedObtainer()],
      receiptSenders: [httpReceiptSender({ url: serverUrl })],
    },
  );
}

/** Mail that offers the package, which is then fetched by HTTP: the Internet utility. */
export async function wardByMail({
  folder,
  trust,
  serverUrl,
  createMailbox,
}: Surroundings): Promise<Machine> {
  const address = "ward-2@hall.test";
  return startMachine(
    folder,
    { email: address },
    {
      id: "ward-2",
      group: "ward",
      trust,
      receivers: [mailbox(folder, "ward-2", await createMailbox(address))],
      obtainers: [httpObtainer({ hosts: [new URL(serverUrl).host], allowLoopback: true })],
      receiptSenders: [httpReceiptSender({ url: serverUrl })],
    },
  );
}

/** A share and nothing else: notification, package (push/pull utility) and receipt go over it. */
export async function shipByShare({ folder, trust, share }: Surroundings): Promise<Machine> {
  return startMachine(
    folder,
    { unc: true },
    {
      id: "ship-3",
      group: "ship",
      trust,
      receivers: [uncReceiver({ root: share, pollMs })],
      obtainers: [uncObtainer({ roots: [share] })],
      receiptSenders: [uncReceiptSender({ root: share })],
    },
  );
}

function mailbox(folder: string, id: string, path: string): Receiver {
  return maildirReceiver({ path, spoolDirectory: join(folder, id, "spool"), pollMs });
}

async function startMachine(
  folder: string,
  addresses: RegisteredAgent["addresses"],
  options: MachineOptions,
): Promise<Machine> {
  const { id, group } = options;
  const installDirectory = join(folder, id, "installed");
  const agent = await createAgent({
    ...options,
    groups: [group],
    dataDirectory: join(folder, id, "data"),
    installDirectory,
  });
  const events: AgentEvent[] = [];
  agent.on((event) => events.push(event));
  const stop = new AbortController();
  const running = agent.run({ signal: stop.signal }).catch((error: unknown) => {
    events.push({ type: "unavailable", transport: id, message: String(error) });
  });
  const { key } = await agent.status();
  return {
    agent,
    installDirectory,
    registration: { id, groups: [group], addresses, key: key.packet },
    events,
    async close() {
      stop.abort();
      await running;
      await agent.close();
    },
  };
}
