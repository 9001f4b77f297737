/**
 * A server's word on what is current, and its heartbeat: timestamp and snapshot of TUF in one (docs/adr/0002).
 *
 * Per server key: the sequence never falls; the same sequence is the same text, or somebody equivocates; what was
 * recalled stays recalled; past its expiry it is stale, never silently fine (TUF 5.4.3, 5.4.4, 5.5.5, 5.5.6). A version
 * that falls, or a package that is shown no more, gains nothing: the highest one stays remembered, and the
 * notification is held to it.
 *
 * A catalog for sticks is good for longer, and counts on a stick only: shown by a network it is stale from the first,
 * and silence there is measured as if no stick had come. So nobody can freeze a network with one (THREATS N9).
 *
 * Controls travel inside it, so nobody can show one without the other; what they order is for those to say who signed
 * them.
 */
import { OutriderError, say } from "../errors/index.ts";
import { sealEnvelope, type SealedDocument } from "../messages/index.ts";
import { compareVersions } from "../package/version.ts";
import type { Audience, Catalog, CatalogEntry } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import {
  maxRemembered,
  serverMemory,
  withServer,
  type CatalogMemory,
  type TrustMemory,
} from "./memory.ts";
import { unite } from "./recall.ts";
import { splitView } from "./release.ts";
import { includes, requireRole, serverRequirement } from "./role.ts";
import type { AgentIdentity, Outcome, Run } from "./run.ts";
import { describeStanding } from "./sequence.ts";
import { readSigned } from "./signers.ts";
import { requireIssued, isPast } from "./time.ts";
import { asVerified, type Standing, type VerifiedCatalog } from "./verified.ts";

/**
 * A stale catalog still counts for what it recalls and for its sequence, so it is told apart in the outcome.
 *
 * @throws what TrustSet.verifyCatalog throws, but for STALE
 */
export function verifyCatalog(
  run: Run,
  sealed: SealedDocument<"catalog/1">,
  transport: string,
): Outcome<VerifiedCatalog> {
  const { checks, memory } = run;
  const { document, signers } = readSigned(sealed, run.trust, run.now, checks);
  const counted = requireRole(signers, serverRequirement(run.trust), sealed.type, checks);
  requireIssued(checks, document, run.now, say("The catalog {0}", document.sequence));
  const keys = counted.map(({ fingerprint }) => fingerprint);
  const sha256 = sha256Hex(sealed.bytes);
  const current = currentOf(document, run.agent);
  const standing = checks.make(
    sealed.type,
    "sequence",
    () => catalogStanding(memory, keys, document, sha256, transport),
    (standing) => describeStanding(standing, document.sequence),
  );
  const floors = highestShown(memory, keys);
  checks.make(
    sealed.type,
    "version",
    () => checkOneManifest(document, [...floors.values(), ...memory.packages]),
    () => say("It shows one manifest for each release."),
  );
  const shown = new Set(document.current.map(({ name }) => name));
  const result: VerifiedCatalog = {
    ...asVerified(sealed, document, counted),
    standing,
    current,
    controls: (document.controls ?? [])
      .filter(({ audience }) => isMeant(audience, run.agent))
      .map(({ control }) => sealEnvelope(control, "control/1")),
    fallen: current.filter((entry) => isBelow(entry, floors.get(entry.name))),
    missing: [...floors.keys()].filter((name) => !shown.has(name)),
    ...(document.trustVersion > run.trust.version ? { newerTrust: document.trustVersion } : {}),
  };
  const remembered = keys.reduce(
    (memory, key) => rememberCatalog(memory, key, document, current, { sha256, transport }),
    memory,
  );
  return { result, memory: remembered };
}

/** As `transport`: a stick that a person carried, in place of a network. */
export const byStick = "stick";

/** @throws STALE when its expiry is past, or it was made for sticks and came by a network */
export function checkFresh(
  run: Run,
  catalog: Pick<Catalog, "sequence" | "expiresAt" | "medium">,
  transport: string,
): void {
  run.checks.make(
    "catalog/1",
    "time",
    () => {
      if (catalog.medium === "stick" && transport !== byStick)
        throw new OutriderError(
          "STALE",
          say(
            "The catalog {0} was made for sticks; {1} showed it: it says nothing of now. Ask another transport.",
            catalog.sequence,
            transport,
          ),
        );
      if (isPast(catalog.expiresAt, run.now))
        throw new OutriderError(
          "STALE",
          say(
            "The catalog {0} expired on {1}: news may be held back. Ask another transport.",
            catalog.sequence,
            catalog.expiresAt,
          ),
        );
    },
    () => say("Good until {0}.", catalog.expiresAt),
  );
}

/** @throws ROLLBACK, EQUIVOCATION */
function catalogStanding(
  memory: TrustMemory,
  keys: readonly string[],
  catalog: Catalog,
  sha256: string,
  transport: string,
): Standing {
  let standing: Standing = "known";
  for (const key of keys) {
    const last = serverMemory(memory, key).catalog;
    if (last === undefined || catalog.sequence > last.sequence) standing = "new";
    else if (catalog.sequence < last.sequence)
      throw new OutriderError(
        "ROLLBACK",
        say(
          "The catalog {0} from {1} is old: server {2} showed {3} by {4}.",
          catalog.sequence,
          transport,
          key,
          last.sequence,
          last.transport,
        ),
      );
    else if (sha256 !== last.sha256)
      throw new OutriderError(
        "EQUIVOCATION",
        say(
          "Server {0} shows one catalog {1} by {2} and another by {3}. Somebody tampers with a transport, or two servers share a key.",
          key,
          catalog.sequence,
          last.transport,
          transport,
        ),
      );
    // A full list must let its oldest go; here they stay remembered.
    const recalled = new Set<string>(catalog.recalled);
    const isFull = recalled.size >= maxRemembered;
    const forgotten = isFull
      ? undefined
      : last?.recalled.find((manifest) => !recalled.has(manifest));
    if (forgotten !== undefined)
      throw new OutriderError(
        "ROLLBACK",
        say(
          "The catalog {0} no longer recalls the manifest {1}, which server {2} recalled before.",
          catalog.sequence,
          forgotten,
          key,
        ),
      );
  }
  return standing;
}

/** Entries of the highest version of each package that is meant for the agent: one for every deployment of it. */
function currentOf(catalog: Catalog, agent: AgentIdentity | undefined): CatalogEntry[] {
  const meant = catalog.current.filter(({ audience }) => isMeant(audience, agent));
  const highest = new Map<string, string>();
  for (const { name, version } of meant) {
    const other = highest.get(name);
    if (other === undefined || compareVersions(version, other) > 0) highest.set(name, version);
  }
  return meant.filter(
    ({ name, version }) => compareVersions(version, highest.get(name) ?? version) === 0,
  );
}

function isMeant(audience: Audience, agent: AgentIdentity | undefined): boolean {
  return agent === undefined || includes(audience, agent);
}

type Shown = CatalogMemory["packages"][number];

function isBelow(entry: { readonly version: string }, floor: Shown | undefined): boolean {
  return floor !== undefined && compareVersions(entry.version, floor.version) < 0;
}

function highestShown(memory: TrustMemory, keys: readonly string[]): Map<string, Shown> {
  const highest = new Map<string, Shown>();
  for (const key of keys)
    for (const entry of serverMemory(memory, key).catalog?.packages ?? []) {
      const other = highest.get(entry.name);
      if (other === undefined || compareVersions(entry.version, other.version) > 0)
        highest.set(entry.name, entry);
    }
  return highest;
}

/** One release has one manifest, for every audience and at any time (THREATS N12). @throws EQUIVOCATION */
function checkOneManifest(
  catalog: Catalog,
  earlier: Iterable<{ readonly name: string; readonly version: string; readonly manifest: string }>,
): void {
  const manifests = new Map<string, string>();
  for (const { name, version, manifest } of earlier) manifests.set(`${name} ${version}`, manifest);
  for (const { name, version, manifest } of catalog.current) {
    const release = `${name} ${version}`;
    const other = manifests.get(release) ?? manifest;
    if (other !== manifest) throw splitView(release, manifest, other, say("what was seen before"));
    manifests.set(release, manifest);
  }
}

function rememberCatalog(
  memory: TrustMemory,
  key: string,
  catalog: Catalog,
  current: readonly CatalogEntry[],
  from: { readonly sha256: string; readonly transport: string },
): TrustMemory {
  const server = serverMemory(memory, key);
  const last = server.catalog;
  if (last !== undefined && last.sequence >= catalog.sequence) return memory;
  const packages = new Map((last?.packages ?? []).map((entry) => [entry.name, entry]));
  for (const { name, version, manifest } of current) {
    const floor = packages.get(name);
    packages.delete(name); // what is shown now goes last, so that it is the last to be forgotten
    const kept = isBelow({ version }, floor) ? floor : undefined;
    packages.set(name, kept ?? { name, version, manifest });
  }
  const heardAt =
    catalog.medium === "stick" && last !== undefined && last.transport !== byStick
      ? last // the network's heartbeat goes on being waited for
      : { expiresAt: catalog.expiresAt, transport: from.transport.slice(0, 100) };
  return withServer(memory, {
    ...server,
    catalog: {
      sequence: catalog.sequence,
      expiresAt: heardAt.expiresAt,
      sha256: from.sha256,
      transport: heardAt.transport,
      packages: [...packages.values()].slice(-maxRemembered),
      recalled: unite(last?.recalled ?? [], catalog.recalled),
    },
  });
}
