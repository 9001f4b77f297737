/**
 * Standing pushes of a server's configuration: reviewed push files that say on what they wait, and the key that signs
 * what they order. Whether that key may is seen when the server starts; the pipeline asks again at every firing.
 */
import { dirname } from "node:path";
import { inEnglish, OutriderError } from "../../errors/index.ts";
import type { PackageHost, PublishedPackage } from "../../host/index.ts";
import type { ValueStore } from "../../ledger/index.ts";
import { compareVersions, isInRange } from "../../package/index.ts";
import { nodeFileSystem, systemClock, type KeySource, type Logger } from "../../ports/index.ts";
import { readFileText, readSecret } from "../../release/files.ts";
import { orderOf } from "../../release/push-order.ts";
import {
  readDocumentText,
  validatePushFile,
  type Audience,
  type PushFile,
  type ServerConfig,
  type Trust,
} from "../../schema/index.ts";
import type { Server } from "../../server/index.ts";
import {
  createTrigger,
  keepPushing,
  openSource,
  type HookSource,
  type StandingPush,
} from "../../trigger/index.ts";
import { pushRequirements, type TrustSet } from "../../trust/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import { openConfiguredKey } from "./key.ts";

/** What standing pushes draw on. */
export interface StandingParts {
  readonly host: PackageHost;
  readonly trust: TrustSet;
  /** Where they keep what fired and what had its effect. */
  readonly values: ValueStore;
}

/** Standing pushes, opened. */
export interface WiredStanding {
  /** To be put behind URLs. */
  readonly hooks: readonly HookSource[];
  /** Carries out what fires, until aborted. */
  keepPushing(server: Server, logger: Logger, signal: AbortSignal): Promise<void>;
}

/**
 * Opens what the configuration names; `undefined` where it names nothing.
 *
 * @throws FILE_MISSING, DOCUMENT_INVALID, CONFIG_INVALID for a push file that waits for nothing or a webhook without a
 * secret, KEY_*, THRESHOLD_NOT_MET where an audience takes more than one person
 */
export async function wireStanding(
  terminal: Terminal,
  config: Configuration<ServerConfig>,
  { host, trust, values }: StandingParts,
): Promise<WiredStanding | undefined> {
  const { standing } = config.values;
  if (standing === undefined) return undefined;
  const key = await openConfiguredKey(terminal, config, standing.key);
  const secrets = new Map<string, string>();
  for (const { name, secretFile } of standing.hooks ?? [])
    secrets.set(name, await readSecret(terminal, config.resolve(secretFile)));
  const pushes: StandingPush[] = [];
  const hooks: HookSource[] = [];
  for (const name of standing.files) {
    const path = config.resolve(name);
    const file = readDocumentText(await readFileText(terminal, path), validatePushFile, path);
    requireRight(key, file.audience, trust.document, name);
    const opened = openSource(sourceOf(file, name), `standing/${name}`, {
      state: values,
      clock: systemClock,
      fileSystem: nodeFileSystem,
      baseDirectory: dirname(path),
      secretOf: (webhook) => secrets.get(webhook),
    });
    hooks.push(...opened.hooks);
    pushes.push({
      name,
      source: opened.source,
      async order({ event }, id) {
        const { packageName: _named, ...order } = orderOf(file);
        const { manifest, manifestSha256, contentsSha512 } = await findPackage(host, file);
        const reference = {
          name: manifest.name,
          version: manifest.version,
          manifest: manifestSha256,
        };
        const clock = systemClock;
        return createTrigger({
          ...order,
          package: reference,
          contentsSha512,
          event,
          id,
          keys: [key],
          clock,
        });
      },
    });
  }
  requireOneOfEach(hooks);
  return {
    hooks,
    keepPushing: (server, logger, signal) =>
      keepPushing(
        pushes,
        { submit: (bytes) => server.submit(bytes, "standing"), clock: systemClock, logger },
        signal,
      ),
  };
}

function sourceOf({ on }: PushFile, subject: string): NonNullable<PushFile["on"]> {
  if (on !== undefined) return on;
  throw new OutriderError(
    "CONFIG_INVALID",
    `${subject} does not say on what it waits. Give it an "on", or push it by hand.`,
    { subject, pointer: "/on" },
  );
}

/** One machine's key must do for everybody: better said at once than at month-end. */
function requireRight(key: KeySource, audience: Audience, trust: Trust, subject: string): void {
  for (const { name, role } of pushRequirements(trust, audience)) {
    if (!role.keys.includes(key.fingerprint))
      throw new OutriderError(
        "KEY_ROLE",
        `Key ${key.fingerprint} signs for ${subject} and does not have the role ${inEnglish(name)} in version ${trust.version} of the trust document.`,
        { subject },
      );
    if (role.threshold > 1)
      throw new OutriderError(
        "THRESHOLD_NOT_MET",
        `${subject} takes ${role.threshold} persons of the role ${inEnglish(name)}, so no machine can order it alone.`,
        { subject },
      );
  }
}

/** The highest published version that fits. */
async function findPackage(
  host: PackageHost,
  { package: name, version: range }: PushFile,
): Promise<PublishedPackage> {
  const [highest] = (await host.list())
    .filter((release) => release.name === name)
    .filter(({ version }) => range === undefined || isInRange(version, range))
    .toSorted((one, other) => compareVersions(other.version, one.version));
  const found = highest === undefined ? undefined : await host.find(highest.manifest);
  if (found !== undefined) return found;
  throw new OutriderError(
    "PACKAGE_UNKNOWN",
    `No version of ${name}${range === undefined ? "" : ` in ${range}`} is published here. Publish one.`,
    { subject: name },
  );
}

/** A call must mean one push. */
function requireOneOfEach(hooks: readonly HookSource[]): void {
  const names = hooks.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined)
    throw new OutriderError(
      "CONFIG_INVALID",
      `Two pushes wait for the webhook ${twice}. Give each its own name.`,
      { subject: twice, pointer: "/standing/files" },
    );
}
