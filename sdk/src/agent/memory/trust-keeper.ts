/**
 * The agent's trust document: the highest of what came with the product and what was learned since, kept in
 * `DATA/trust.json`. Gives out a TrustSet per message, so that time is fixed once for all checks of one message.
 */
import { join } from "node:path";
import type { Sentence } from "../../errors/index.ts";
import {
  encodeEnvelope,
  openEnvelope,
  readSealedDocument,
  recognize,
  type SealedDocument,
} from "../../messages/index.ts";
import { readWhole, syncedWrite, type FileSystem } from "../../ports/index.ts";
import type { Trust } from "../../schema/index.ts";
import {
  emptyMemory,
  isAheadOf,
  recalledBy,
  TrustSet,
  type AgentIdentity,
  type TrustOptions,
} from "../../trust/index.ts";
import type { AgentState } from "./state.ts";

const maxTrustBytes = 512_000;

/** Keeps and gives out trust. */
export class TrustKeeper {
  readonly #fileSystem: FileSystem;
  readonly #path: string;
  readonly #state: AgentState;
  readonly #agent: AgentIdentity;
  #current: SealedDocument<"trust/1">;

  private constructor(
    fileSystem: FileSystem,
    path: string,
    state: AgentState,
    agent: AgentIdentity,
    initial: SealedDocument<"trust/1">,
  ) {
    this.#fileSystem = fileSystem;
    this.#path = path;
    this.#state = state;
    this.#agent = agent;
    this.#current = initial;
  }

  /**
   * Starts from the product's document or the kept one, whichever is higher (THREATS A1: deleting it gains nothing).
   */
  static async open(
    fileSystem: FileSystem,
    dataDirectory: string,
    state: AgentState,
    agent: AgentIdentity,
    initial: SealedDocument<"trust/1">,
  ): Promise<TrustKeeper> {
    const keeper = new TrustKeeper(
      fileSystem,
      join(dataDirectory, "trust.json"),
      state,
      agent,
      initial,
    );
    const kept = await keeper.#readKept();
    if (
      kept !== undefined &&
      readSealedDocument(kept).version > readSealedDocument(initial).version
    )
      keeper.#current = kept;
    return keeper;
  }

  /** Trust as it stands, judged at this moment. */
  at(now: Date): TrustSet {
    return TrustSet.open(this.#current, this.#judgedAt(now));
  }

  /** The document as it stands, judged by no clock: for people to look at. */
  get document(): Trust {
    return readSealedDocument(this.#current);
  }

  /** Does the trust document hold at a later moment, and not yet at this one? Then the clock is behind. */
  isAheadOf(now: Date): boolean {
    return isAheadOf(this.#current, this.#judgedAt(now));
  }

  /** Who recalled the release, for people, judged by no clock; `undefined` if nobody did, as far as is known here. */
  recalledBy({ manifest }: { readonly manifest?: string }): Sentence | undefined {
    const { trust: memory = emptyMemory } = this.#state.memory;
    return manifest === undefined
      ? undefined
      : recalledBy({ trust: this.document, memory }, manifest);
  }

  #judgedAt(now: Date): TrustOptions {
    const { trust } = this.#state.memory;
    return { now, agent: this.#agent, ...(trust === undefined ? {} : { memory: trust }) };
  }

  /**
   * Takes the next version over, after its signatures were checked by the one before.
   * @throws those of TrustSet.update
   */
  async update(next: SealedDocument<"trust/1">, now: Date): Promise<TrustSet> {
    const trust = this.at(now);
    if (trust.update(next) === "known") return trust;
    await syncedWrite(this.#fileSystem, this.#path, encodeEnvelope(next));
    this.#current = next;
    await this.remember(trust);
    return trust;
  }

  /** Keeps what trust has seen. */
  async remember(trust: TrustSet): Promise<void> {
    await this.#state.change((memory) => ({ ...memory, trust: trust.memory }));
  }

  async #readKept(): Promise<SealedDocument<"trust/1"> | undefined> {
    if ((await this.#fileSystem.stat(this.#path)) === undefined) return undefined;
    const message = recognize(
      await readWhole(this.#fileSystem, this.#path, maxTrustBytes),
      "trust/1",
    );
    return message === undefined ? undefined : openEnvelope(message, this.#path);
  }
}
