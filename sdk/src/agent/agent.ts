/**
 * `createAgent`: opens the agent's directories, takes their lock, and wires trust, journal, strategies and outbox into
 * one thing that a product embeds. No globals, no output of its own.
 */
import { join } from "node:path";
import { fileError, thisMachine, zstdHasDictionaries } from "../package/index.ts";
import { lockDirectory, nodeFileSystem, silentLogger, systemClock } from "../ports/index.ts";
import { agentKeySource } from "../signing/index.ts";
import type { Incoming } from "../transport/index.ts";
import { Probes } from "./archive/probe.ts";
import { requireOptions } from "./demands.ts";
import type { Withdrawal } from "./deployment/withdraw.ts";
import { processRunner } from "./install/program.ts";
import { openAgentKey } from "./memory/key.ts";
import { openPrivateDirectory } from "./memory/private-directory.ts";
import { AgentState } from "./memory/state.ts";
import { TrustKeeper } from "./memory/trust-keeper.ts";
import { OpenAgent } from "./open-agent.ts";
import type { AgentOptions } from "./options.ts";
import type { Reception } from "./reception/verdict.ts";
import { EventHub, type AgentEvent } from "./reports/events.ts";
import { Outbox } from "./reports/outbox.ts";
import { saidOnce } from "./reports/said-once.ts";
import type { AgentStatus } from "./reports/status.ts";
import type { Workplace } from "./workplace.ts";

/** A running agent. */
export interface Agent {
  /** Takes up what was left, then listens to all receivers, retries, sends receipts, until aborted or closed. */
  run(options?: { readonly signal?: AbortSignal }): Promise<void>;
  /** Deals with one message, for dormant agents and for products with transports of their own; settles it. */
  receiveOne(
    incoming: Incoming,
    options?: { readonly transport?: string; readonly signal?: AbortSignal },
  ): Promise<Reception>;
  /** Goes on with unfinished deployments once. @returns how many are still unfinished */
  resume(options?: { readonly signal?: AbortSignal }): Promise<number>;
  /**
   * Goes back to the version before, which the strategy `directory` keeps; the one that is left is not installed here
   * again, a higher version is. The receipt says so.
   *
   * @throws NOTHING_KEPT
   */
  rollBack(name: string, options?: { readonly signal?: AbortSignal }): Promise<Withdrawal>;
  /** Sends the receipts that wait. @returns how many still wait */
  flush(options?: { readonly signal?: AbortSignal }): Promise<number>;
  /** Where everything stands. */
  status(): Promise<AgentStatus>;
  /** Events from now on, until closed. */
  events(): AsyncIterable<AgentEvent>;
  /** Calls the listener for each event. @returns ends that */
  on(listener: (event: AgentEvent) => void): () => void;
  /** Waits for the work in hand, ends the events, gives the directory back. */
  close(): Promise<void>;
}

/**
 * Opens an agent; nothing is listened to before `run`.
 *
 * @throws CONFIG_INVALID, AGENT_BUSY, DIRECTORY_UNSAFE, FILE_UNREADABLE, SPACE, KEY_REFUSED, and those of TrustSet.open
 * for the first trust document
 */
export async function createAgent(options: AgentOptions): Promise<Agent> {
  requireOptions(options);
  try {
    return await openAgent(options);
  } catch (error) {
    throw fileError(error, options.dataDirectory, "Opening the agent of");
  }
}

async function openAgent(options: AgentOptions): Promise<Agent> {
  const { fileSystem = nodeFileSystem, dataDirectory, installDirectory } = options;
  await openPrivateDirectory(fileSystem, dataDirectory);
  await openPrivateDirectory(fileSystem, installDirectory);
  const lock = await lockDirectory(fileSystem, dataDirectory, {
    name: "agent",
    code: "AGENT_BUSY",
  });
  try {
    const { place, key } = await openWorkplace(options);
    return new OpenAgent(place, options.receivers, key, () => lock.release());
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function openWorkplace(
  options: AgentOptions,
): Promise<{ place: Workplace; key: AgentStatus["key"] }> {
  const { fileSystem = nodeFileSystem, clock = systemClock } = options;
  const logger = saidOnce(options.logger ?? silentLogger, clock);
  const { id, groups, dataDirectory, installDirectory, policy = {}, bundled = {} } = options;
  const agent = { id, groups };
  const state = await AgentState.open(
    fileSystem,
    { data: dataDirectory, install: installDirectory },
    { bundled, now: clock.now() },
  );
  if (state.lost)
    logger.log("warn", "What the agent remembers was lost; versions come from their copies.", {
      dataDirectory,
    });
  const trust = await TrustKeeper.open(fileSystem, dataDirectory, state, agent, options.trust);
  // A trust document that does not hold is said at once; a clock that is behind it is waited for.
  if (!trust.isAheadOf(clock.now())) trust.at(clock.now());
  const key = await openAgentKey(fileSystem, dataDirectory, clock);
  const outbox = new Outbox({
    agent: id,
    directory: join(dataDirectory, "receipts"),
    fileSystem,
    state,
    key: agentKeySource(key, clock),
    senders: options.receiptSenders,
    logger,
  });
  const place: Workplace = {
    agent,
    machine: { ...thisMachine(), facts: options.facts },
    dataDirectory,
    installDirectory,
    deploymentsDirectory: join(dataDirectory, "deployments"),
    fileSystem,
    clock,
    logger,
    programs: options.programs ?? processRunner,
    obtainers: options.obtainers,
    probes: new Probes(),
    dictionaries: options.dictionaries ?? zstdHasDictionaries(),
    vendor: options.deployer,
    policy,
    state,
    trust,
    outbox,
    events: new EventHub(),
    halted: new Map(),
  };
  return { place, key };
}
