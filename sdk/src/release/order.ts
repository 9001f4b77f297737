/** A signed trigger for a package that lies here: bound to its contents, so to this package and no other. */
import { OutriderError, say } from "../errors/index.ts";
import { contentsSha512 } from "../package/index.ts";
import { systemClock, type KeySource } from "../ports/index.ts";
import { readDocumentText, validateManifest, type PackageReference } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import { createTrigger } from "../trigger/index.ts";
import type { Desk } from "./desk.ts";
import { openPackage } from "./package.ts";
import type { PushOrder } from "./push-order.ts";

/** What a trigger is made from, beside the order. */
export interface TriggerSources {
  /** The archive, or its folder. */
  readonly package: string;
  /** Why, for people. */
  readonly reason?: string;
  /** Asked for once everything else is in order. */
  readonly openKey: (reference: PackageReference) => Promise<KeySource>;
}

/** An order, signed. */
export interface MadeTrigger {
  readonly reference: PackageReference;
  /** The envelope. */
  readonly trigger: Uint8Array;
}

interface BoundPackage {
  readonly reference: PackageReference;
  readonly contentsSha512: Uint8Array;
}

/** Reads the package, asks for the key, signs. @throws CONFIG_INVALID, PACKAGE_*, KEY_*, FILE_MISSING, CANCELLED */
export async function makeTrigger(
  desk: Desk,
  { packageName, ...order }: PushOrder,
  sources: TriggerSources,
): Promise<MadeTrigger> {
  const { reference, contentsSha512: contents } = await bind(desk, sources.package);
  if (packageName !== undefined && packageName !== reference.name)
    throw new OutriderError(
      "CONFIG_INVALID",
      say("The push file is for {0}; {1} is {2}.", packageName, sources.package, reference.name),
      { subject: sources.package },
    );
  const detail = sources.reason === undefined ? {} : { detail: sources.reason };
  const trigger = await createTrigger({
    ...order,
    package: reference,
    contentsSha512: contents,
    event: { kind: "manual", ...detail },
    keys: [await sources.openKey(reference)],
    clock: systemClock,
    signal: desk.signal,
  });
  return { reference, trigger };
}

async function bind(desk: Desk, target: string): Promise<BoundPackage> {
  const { manifest, archive } = await openPackage(desk, target);
  try {
    const document = readDocumentText(manifest.text, validateManifest, target);
    const progress = desk.follow(say("binding the trigger to the contents"));
    const contents = await contentsSha512(
      archive,
      { document, bytes: manifest.bytes },
      { signal: desk.signal, onProgress: progress.update },
    ).finally(progress.stop);
    const { name, version } = document;
    return {
      reference: { name, version, manifest: sha256Hex(manifest.bytes) },
      contentsSha512: contents,
    };
  } finally {
    await archive.close();
  }
}
