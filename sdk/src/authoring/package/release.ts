/**
 * A manifest held to what was built and published from it: a version that does not rise, a build that its sources have
 * overtaken, signatures that are missing or count for nothing. Only warnings: all of it is mended by going on.
 */
import { say } from "../../errors/index.ts";
import { compareVersions } from "../../package/index.ts";
import type { SourceManifest } from "../../schema/index.ts";
import { sha256Hex } from "../../signing/index.ts";
import { findBuilt, type BuiltPackage } from "../built/find.ts";
import { findPublished } from "../built/published.ts";
import { signingState } from "../built/signers.ts";
import { firstDifference } from "../built/stale.ts";
import type { Remark, Repair } from "../remark.ts";
import type { Surroundings } from "../surroundings.ts";

const pointer = "/version";

/** Examines the manifest's release. */
export async function examineRelease(
  source: SourceManifest,
  surroundings: Surroundings,
): Promise<Remark[]> {
  const all = await findBuilt(source.name, surroundings);
  const built = all.find(({ manifest }) => manifest.version === source.version);
  const published = await findPublished(source.name, surroundings);
  const difference =
    built === undefined ? undefined : await firstDifference(source, built, surroundings);
  const isSame =
    built !== undefined &&
    difference === undefined &&
    published.some(({ manifest }) => manifest === sha256Hex(built.sealed.bytes));
  const versions = [...all.map(({ manifest }) => manifest.version), ...published.map(versionOf)];
  const taken = published.some(({ version }) => version === source.version) && !isSame;
  const rising = examineVersion(source.version, versions, taken);
  if (rising.length > 0 || built === undefined) return rising;
  return difference === undefined
    ? examineSignatures(built, surroundings)
    : [stale(built, difference)];
}

function versionOf({ version }: { readonly version: string }): string {
  return version;
}

function examineVersion(version: string, others: readonly string[], taken: boolean): Remark[] {
  const highest = others.toSorted(compareVersions).at(-1);
  if (highest === undefined) return [];
  if (compareVersions(version, highest) < 0)
    return [
      {
        code: "PACKAGE_VERSION",
        severity: "warning",
        pointer,
        sentence: say("{0} is there already: machines that have it do not go back.", highest),
        repairs: rise(highest),
      },
    ];
  return taken
    ? [
        {
          code: "PACKAGE_CONFLICT",
          severity: "warning",
          pointer,
          sentence: say("{0} is published already, with other contents.", version),
          repairs: rise(highest),
        },
      ]
    : [];
}

function rise(highest: string): Repair[] {
  const [numbers = ""] = highest.split(/[-+]/);
  const [major = 0, minor = 0, patch = 0] = numbers.split(".").map(Number);
  const next = /^[^+]*-/.test(highest) ? numbers : `${major}.${minor}.${patch + 1}`;
  const changes = [{ kind: "write", pointer, value: next } as const];
  return [{ title: say("Write {0}", next), changes, safe: false }];
}

function stale({ manifest: { name, version } }: BuiltPackage, difference: string): Remark {
  return {
    code: "PACKAGE_STALE",
    severity: "warning",
    pointer,
    sentence: say(
      "{0} was built before {1} changed: build it again.",
      `${name}-${version}`,
      difference,
    ),
  };
}

/**
 * An unsigned package is unfinished, not wrong: the lens says so; half of the signatures, or bad ones, are told here.
 */
function examineSignatures(built: BuiltPackage, { now, trust }: Surroundings): Remark[] {
  if (trust === undefined || built.sealed.signatures.length === 0) return [];
  const state = signingState(built, trust.document, now);
  if (state === undefined) return [];
  const name = `${built.manifest.name}-${built.manifest.version}`;
  const faults = state.faults.map(({ code, message }): Remark => ({
    code,
    severity: "warning",
    pointer,
    sentence: say("A signature of {0} does not count: {1}", name, message),
  }));
  const revoked = state.revoked.map(({ owner }): Remark => ({
    code: "KEY_REVOKED",
    severity: "warning",
    pointer,
    sentence: say("{0} is signed by {1}, whose key is revoked.", name, owner),
  }));
  const open = state.tallies.flatMap(({ needed, signed }): Remark[] =>
    signed.length >= needed
      ? []
      : [
          {
            code: "THRESHOLD_NOT_MET",
            severity: "warning",
            pointer,
            sentence:
              needed === 1
                ? say("{0} is signed by nobody who may release it.", name)
                : say("{0} is signed by {1} of {2} persons.", name, signed.length, needed),
          },
        ],
  );
  return [...faults, ...revoked, ...open];
}
