/**
 * Many agents in one process: each has a key of its own and a way to answer; all of them look at the ledger of the server
 * under test, and who was told answers over HTTP with a receipt that it signed.
 */
import { setTimeout as pause } from "node:timers/promises";
import { readAllRows, serverClient, type ServerClient } from "../../../src/client/index.ts";
import { encodeEnvelope } from "../../../src/messages/index.ts";
import type { RegisteredAgent } from "../../../src/schema/index.ts";
import { testKey, type TestKey } from "../../support/keys.ts";
import { seal } from "../../support/simulator.ts";

/** What an agent does when it is told. */
export type Conduct = "installed" | "rolledBack" | "silent";

/** A fleet in this process. */
export class SimulatedAgents {
  /** As a server's list of agents. */
  readonly registered: readonly RegisteredAgent[];
  readonly #keys = new Map<string, TestKey>();
  readonly #answered = new Set<string>();
  readonly #stop = new AbortController();
  #living: Promise<void> | undefined;

  /** @param groupsOf groups of the agent of this number. */
  constructor(count: number, groupsOf: (index: number) => string[]) {
    this.registered = Array.from({ length: count }, (_, index) => {
      const id = `till-${String(index + 1).padStart(3, "0")}`;
      const key = testKey(id);
      this.#keys.set(id, key);
      return { id, groups: groupsOf(index), addresses: { http: true }, key: key.trusted.packet };
    });
  }

  /** They live until `close`. */
  live(url: string, deployment: string, conductOf: (agent: string, wave: number) => Conduct): void {
    this.#living = this.#live(serverClient({ url }), deployment, conductOf);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#living;
  }

  async #live(
    client: ServerClient,
    deployment: string,
    conductOf: (agent: string, wave: number) => Conduct,
  ): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const told: Promise<void>[] = [];
      for await (const { agent, wave, state } of readAllRows(client, deployment)) {
        if (state !== "sent" || this.#answered.has(agent)) continue;
        this.#answered.add(agent);
        const conduct = conductOf(agent, wave);
        if (conduct !== "silent") told.push(this.#answer(client, deployment, agent, conduct));
      }
      await Promise.all(told);
      await pause(100, undefined, { signal }).catch(() => undefined);
    }
  }

  async #answer(
    client: ServerClient,
    deployment: string,
    agent: string,
    outcome: "installed" | "rolledBack",
  ): Promise<void> {
    const key = this.#keys.get(agent);
    if (key === undefined) throw new Error(`${agent} is not one of these agents`);
    const receipt = await seal(
      "receipt/1",
      {
        type: "receipt/1",
        agent,
        counter: 1,
        issuedAt: new Date().toISOString(),
        deployment,
        notification: deployment,
        package: { name: "press-control", version: "3.0.0", manifest: "0".repeat(64) },
        outcome,
        installed: {},
        ...(outcome === "rolledBack" ? { code: "HEALTH_FAILED" } : {}),
      },
      [key],
    );
    const response = await fetch(new URL("receipts", client.url), {
      method: "POST",
      body: Uint8Array.from(encodeEnvelope(receipt)),
    });
    if (!response.ok) throw new Error(`${agent}: ${response.status} ${await response.text()}`);
  }
}
