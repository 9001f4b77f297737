/**
 * Keys for tests. `testKey` makes one in a fraction of a millisecond (the agents' kind of key, good for any role);
 * `testCertificate` makes a real OpenPGP certificate, where a test needs armor, gpg or a passphrase.
 */
import type { KeySource } from "../../src/ports/index.ts";
import type { TrustedKey } from "../../src/schema/index.ts";
import {
  agentKeySource,
  createAgentKey,
  trustAgentKey,
  type AgentKey,
} from "../../src/signing/index.ts";
import type { KeyAlgorithm } from "../../src/signing/openpgp/index.ts";

/** What a test may say about a key. */
export interface TestKeyOptions {
  /** When the key was made and what its signatures are dated; the present unless given. */
  readonly at?: Date;
  /** Ten years after `at` unless given. */
  readonly notAfter?: Date;
  /** Fingerprint of the primary key, for a key that is one of several of a person. */
  readonly primary?: string;
}

/** A key and everything that can be done with it. */
export interface TestKey {
  readonly source: KeySource;
  readonly trusted: TrustedKey;
  readonly agentKey: AgentKey;
}

const tenYearsMs = 3_652 * 86_400_000;

/** A key of this owner. */
export function testKey(owner: string, options: TestKeyOptions = {}): TestKey {
  const { at } = options;
  const clock = { now: () => at ?? new Date() };
  const agentKey = createAgentKey(clock);
  const notAfter = options.notAfter ?? new Date(clock.now().getTime() + tenYearsMs);
  const trusted = trustAgentKey(agentKey, owner, notAfter);
  if (options.primary !== undefined) trusted.primary = options.primary;
  return { source: agentKeySource(agentKey, clock), trusted, agentKey };
}

/** Several keys, by owner. */
export function testKeys<Owner extends string>(
  owners: readonly Owner[],
  options: TestKeyOptions = {},
): Record<Owner, TestKey> {
  const keys = owners.map((owner) => [owner, testKey(owner, options)] as const);
  return Object.fromEntries(keys) as Record<Owner, TestKey>;
}

/** An OpenPGP certificate with its secret. */
export interface TestCertificate {
  /** ASCII-armored secret key. */
  readonly secret: string;
  /** ASCII-armored certificate. */
  readonly certificate: string;
  readonly passphrase: string | undefined;
  readonly source: KeySource;
  readonly trusted: TrustedKey;
}

/** A certificate made by OpenPGP.js: Ed25519 version 4 unless an algorithm is given. */
export async function testCertificate(
  owner: string,
  options: { readonly passphrase?: string; readonly algorithm?: KeyAlgorithm } = {},
): Promise<TestCertificate> {
  const { generateKey, judgeCertificate, openSecretKey } =
    await import("../../src/signing/openpgp/index.ts");
  const { passphrase } = options;
  const userId = { name: owner, email: `${owner.replaceAll(/[^a-z0-9]/gi, ".")}@example.org` };
  const made = await generateKey({ userId, ...options });
  const [trusted] = await judgeCertificate(made.publicKey, new Date());
  if (trusted === undefined) throw new Error("no signing key");
  const source = await openSecretKey({
    armored: made.secretKey,
    ...(passphrase === undefined ? {} : { passphrase }),
  });
  return { secret: made.secretKey, certificate: made.publicKey, passphrase, source, trusted };
}
