/**
 * All trust rules in one place without I/O: it is told documents and the time, and answers.
 *
 * Invariants, whatever is thrown at it in whatever order:
 * - nothing is read before its exact bytes were verified, nothing is believed before its role's threshold of distinct
 *   persons has signed, and what fails changes nothing;
 * - the trust document goes from version N to N + 1 only, with the thresholds of both roots; at most 256 in one run;
 *   one that has expired, or is older than one applied here before, authorises nothing;
 * - the time is fixed for the run; nothing from the future or past its expiry counts;
 * - per server key, a catalog's sequence never falls, nor that of the notifications of a package; the same again is
 *   `known`, another text under the same sequence is equivocation;
 * - no package falls below a version that was proved by push and release signatures, but by a later trigger that
 *   allows to replace exactly that version; one release has one manifest;
 * - what was recalled stays recalled; an order takes effect once;
 * - a server key that leaves the trust document takes along all that it alone has said (fast-forward recovery).
 *
 * Source: TUF 5.3–5.7, DESIGN 4 and 5.
 *
 * @example
 * const trust = TrustSet.open(pinned, { now, memory, agent: { id: "till-7", groups: ["tills"] } });
 * for (const next of laterVersions) trust.update(next);
 * const { trigger, manifest, standing } = trust.verifyNotification(sealed);
 * await save(trust.memory);
 */
import { OutriderError, say } from "../errors/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import type { Audience, Trust, TrustedKey } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import { checkFresh, verifyCatalog } from "./catalog.ts";
import { Checks } from "./checks.ts";
import { verifyManifest } from "./manifest.ts";
import { readTrustMemory } from "./memory-reader.ts";
import { emptyMemory, remember, type TrustMemory } from "./memory.ts";
import { verifyNotification } from "./notification.ts";
import { verifyReceipt } from "./receipt.ts";
import { rememberOrder } from "./replay.ts";
import { isRevoked } from "./revocation.ts";
import { maxUpdates, verifyFirst, verifyNext } from "./rotation.ts";
import { checkTrustInForce, type AgentIdentity, type Run } from "./run.ts";
import { isPast } from "./time.ts";
import { checkNew, verifyControl, verifyTrigger } from "./trigger.ts";
import type { Verified, VerifiedCatalog, VerifiedNotification } from "./verified.ts";

/** How a TrustSet starts. */
export interface TrustOptions {
  /** The moment that decides about every date of this run. */
  readonly now: Date;
  /** What was seen in earlier runs. It comes from disk, so it is held to its form. */
  readonly memory?: TrustMemory;
  /** The agent that asks; a server or a person leaves it out. */
  readonly agent?: AgentIdentity;
}

/** A server that has not been heard of for longer than its last catalog was good. */
export interface SilentServer {
  /** Fingerprint. */
  readonly key: string;
  readonly expiredAt: string;
  /** By which the last catalog came. */
  readonly transport: string;
}

interface State {
  trust: Verified<"trust/1">;
  memory: TrustMemory;
}

/** The trust document in force, what was seen, and the rules. */
export class TrustSet {
  /** The moment that decides about every date of this run. */
  readonly now: Date;
  /** Who asks, where it is an agent. */
  readonly agent: AgentIdentity | undefined;
  readonly #state: State;
  #updates = 0;

  private constructor(state: State, now: Date, agent: AgentIdentity | undefined) {
    this.#state = state;
    this.now = now;
    this.agent = agent;
  }

  /**
   * Starts from the pinned first trust document, or from the latest one kept.
   *
   * @throws SIGNATURE_*, KEY_*, THRESHOLD_NOT_MET, DOCUMENT_*, JSON_*; TRUST_VERSION when another document of the same
   * version was applied here before
   */
  static open(initial: SealedDocument<"trust/1">, { now, memory, agent }: TrustOptions): TrustSet {
    const trust = verifyFirst(initial, now, new Checks());
    const seen = memory === undefined ? emptyMemory : readTrustMemory(memory, "the trust memory");
    return new TrustSet({ trust, memory: applied(seen, trust) }, now, agent);
  }

  /** The same trust, documents and memory shared, at another moment: a new run. */
  at(now: Date): TrustSet {
    return new TrustSet(this.#state, now, this.agent);
  }

  /** The trust document in force. */
  get document(): Trust {
    return this.#state.trust.document;
  }

  /** The same as it was signed, to be kept and passed on. */
  get sealed(): SealedDocument<"trust/1"> {
    return this.#state.trust.sealed;
  }

  /** What was seen, to be kept: plain JSON that never changes in place. */
  get memory(): TrustMemory {
    return this.#state.memory;
  }

  /**
   * Applies the next trust document.
   *
   * @returns `known` for the one in force already.
   * @throws TRUST_VERSION, TRUST_LIMIT past 256 in one run (progress is kept), and the codes of `open`
   */
  update(next: SealedDocument<"trust/1">): "applied" | "known" {
    if (next.text === this.sealed.text) return "known";
    if (this.#updates >= maxUpdates)
      throw new OutriderError(
        "TRUST_LIMIT",
        say(
          "{0} trust documents were applied in this run, up to version {1}. Start again to go on.",
          maxUpdates,
          this.document.version,
        ),
      );
    const trust = verifyNext(this.document, next, this.now, new Checks());
    this.#state.memory = applied(this.#state.memory, trust);
    this.#state.trust = trust;
    this.#updates++;
    return "applied";
  }

  /**
   * Role `release` of the package's name. With a trigger, also that it orders exactly this manifest.
   *
   * @throws KEY_ROLE, THRESHOLD_NOT_MET, NOT_YET_VALID, RECALLED, MANIFEST_MISMATCH, and those of every document:
   * SIGNATURE_*, KEY_*, DOCUMENT_*, JSON_*, TRUST_VERSION, TRUST_EXPIRED
   */
  verifyManifest(
    sealed: SealedDocument<"manifest/1">,
    trigger?: Verified<"trigger/1">,
  ): Verified<"manifest/1"> {
    return verifyManifest(this.#run(), sealed, trigger);
  }

  /**
   * Role `push` for everybody in the audience. Call `remember` when it has taken effect.
   *
   * @throws KEY_ROLE, THRESHOLD_NOT_MET, NOT_YET_VALID, EXPIRED, RECALLED, REPLAYED, and those of every document
   */
  verifyTrigger(sealed: SealedDocument<"trigger/1">): Verified<"trigger/1"> {
    const run = this.#run();
    const trigger = verifyTrigger(run, sealed);
    checkNew(run, trigger.document, sealed.type);
    return trigger;
  }

  /**
   * Role `server`, and everything inside: the trigger, and the manifest when it travels along.
   *
   * @throws NOT_FOR_US, ROLLBACK, EQUIVOCATION, and the codes of verifyTrigger (but REPLAYED) and verifyManifest
   */
  verifyNotification(sealed: SealedDocument<"notification/1">): VerifiedNotification {
    const { result, memory } = verifyNotification(this.#run(), sealed);
    this.#state.memory = memory;
    return result;
  }

  /**
   * Role `server`. What a stale catalog recalls is remembered all the same.
   *
   * @param transport by which it came: two transports must not show different catalogs of one sequence. `stick` is what
   * a person carried: only there a catalog made for sticks is fresh.
   * @throws KEY_ROLE, THRESHOLD_NOT_MET, NOT_YET_VALID, STALE, ROLLBACK, EQUIVOCATION, and those of every document
   */
  verifyCatalog(
    sealed: SealedDocument<"catalog/1">,
    { transport }: { readonly transport: string },
  ): VerifiedCatalog {
    const run = this.#run();
    const { result, memory } = verifyCatalog(run, sealed, transport);
    this.#state.memory = memory;
    checkFresh(run, result.document, transport);
    return result;
  }

  /**
   * Role `push` for the audience of the deployment that it steers. Whether a recall names that deployment's manifest is
   * the caller's to compare. Call `remember` when it has taken effect.
   *
   * @throws KEY_ROLE, THRESHOLD_NOT_MET, NOT_YET_VALID, EXPIRED, REPLAYED, and those of every document
   */
  verifyControl(sealed: SealedDocument<"control/1">, audience: Audience): Verified<"control/1"> {
    return verifyControl(this.#run(), sealed, audience);
  }

  /**
   * The agent's own key, whose `owner` is the agent's id. Counters are the caller's to compare.
   *
   * @throws KEY_ROLE, NOT_YET_VALID, and those of every document but TRUST_*
   */
  verifyReceipt(sealed: SealedDocument<"receipt/1">, agentKey: TrustedKey): Verified<"receipt/1"> {
    return verifyReceipt(this.#groundOf(new Checks()), sealed, agentKey);
  }

  /** The order has taken effect: from now on it is REPLAYED, and what it recalls is RECALLED. */
  remember({ document }: Verified<"trigger/1"> | Verified<"control/1">): void {
    const recalled =
      document.type === "control/1" && document.action === "recall" ? document.manifest : undefined;
    this.#state.memory = {
      ...this.memory,
      seen: rememberOrder(this.memory.seen, document, this.now),
      ...(recalled === undefined
        ? {}
        : { recalled: remember(this.memory.recalled, recalled, String) }),
    };
  }

  /** Servers whose last catalog has expired: news may be held back (THREATS N9). */
  get silentServers(): readonly SilentServer[] {
    return this.memory.servers.flatMap(({ key, catalog }) =>
      catalog !== undefined && isPast(catalog.expiresAt, this.now)
        ? [{ key, expiredAt: catalog.expiresAt, transport: catalog.transport }]
        : [],
    );
  }

  #run(checks: Checks = new Checks()): Run {
    const run = this.#groundOf(checks);
    checkTrustInForce(run);
    return run;
  }

  #groundOf(checks: Checks): Run {
    return {
      now: this.now,
      trust: this.document,
      memory: this.memory,
      agent: this.agent,
      checks,
    };
  }
}

/**
 * The memory once this document is applied: servers that it does not know any more are forgotten.
 *
 * @throws TRUST_VERSION
 */
function applied(memory: TrustMemory, { document, sealed }: Verified<"trust/1">): TrustMemory {
  const { version } = document;
  const sha256 = sha256Hex(sealed.bytes);
  const last = memory.trust;
  // A pinned document older than what was applied: it authorises nothing until the chain is walked again.
  if (last !== undefined && version < last.version) return memory;
  if (last?.version === version && last.sha256 !== sha256)
    throw new OutriderError(
      "TRUST_VERSION",
      say(
        "Another version {0} of the trust document was applied here before. Find out which root key signed twice.",
        version,
      ),
    );
  const trusted = new Set(
    document.keys
      .filter(
        (key) => document.roles.server.keys.includes(key.fingerprint) && !isRevoked(document, key),
      )
      .map(({ fingerprint }) => fingerprint),
  );
  const servers = memory.servers.filter(({ key }) => trusted.has(key));
  return { ...memory, trust: { version, sha256 }, servers };
}
