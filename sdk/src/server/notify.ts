/**
 * The last step of Fig. 3: the notification of a wave, signed by the server's own key.
 *
 * One notification serves every recipient of a wave that gets it in the same shape. It is signed once, kept, and the
 * same bytes go out again after a crash: same id, same sequence, same Message-ID, so that a doubled mail is known as
 * one. The trigger and the manifest travel inside verbatim: agents check the people's signatures, not only the
 * server's.
 */
import { createHash } from "node:crypto";
import type { ClaimedJob, DeploymentRecord, ValueStore } from "../ledger/index.ts";
import {
  encodeEnvelope,
  openEnvelope,
  recognize,
  sealText,
  toEnvelope,
  writeDocument,
} from "../messages/index.ts";
import type { Clock, FileSystem, KeySource } from "../ports/index.ts";
import type { Notification, Source } from "../schema/index.ts";
import { sha256Hex } from "../signing/index.ts";
import { carryOf, defaultAttachmentBytes, leastPartBytes } from "./carriage/carry.ts";
import { listParts } from "./carriage/mail-parts.ts";
import type { TransportProfile } from "./carriage/transports.ts";
import { findNotification, keepNotification } from "./publishing/kept-notification.ts";
import type { HostedPackage } from "./publishing/packages.ts";
import { nextSequence } from "./publishing/sequence.ts";

declare const step: unique symbol;

/** A notification that the server has signed. */
export interface SignedNotification {
  readonly [step]: "signed";
  readonly id: string;
  /** SHA-256 of the envelope: its name on a share. */
  readonly sha256: string;
  /** Envelope, exact bytes. */
  readonly bytes: Uint8Array;
  /** What it says. */
  readonly document: Notification;
}

/** What notifying needs. */
export interface NotifyParts {
  readonly key: KeySource;
  readonly values: ValueStore;
  readonly clock: Clock;
  readonly fileSystem: FileSystem;
  /** Sources beside the message itself, in the order to try: `http` (88) before `unc` (89). */
  sources(): readonly Source[];
}

/** Manifests up to this many bytes travel inside the notification (DESIGN 4). */
const maxManifestBytes = 256 * 1024;
/** Archives that one notification names (schema). */
const maxArchives = 20;

/** What is notified of: the wave of a deployment, and by what the archive travels, where it does. */
export interface NotifiedJob extends Pick<ClaimedJob, "deployment" | "wave" | "attach"> {
  readonly transport?: TransportProfile;
}

/** The notification for a job: made now, or the one made before. */
export async function notify(
  job: NotifiedJob,
  hosted: HostedPackage,
  parts: NotifyParts,
  signal?: AbortSignal,
): Promise<SignedNotification> {
  const id = notificationId(job.deployment.id, job.wave, job.attach);
  const kept = await findNotification(id, parts.values);
  if (kept !== undefined) return signed(id, kept);
  const document = await compose(id, job, hosted, parts);
  const text = writeDocument(document);
  const signature = await parts.key.sign(
    new TextEncoder().encode(text),
    signal === undefined ? {} : { signal },
  );
  const envelope = encodeEnvelope(sealText("notification/1", text, [signature]));
  return signed(id, await keepNotification(id, envelope, parts.values));
}

async function compose(
  id: string,
  job: NotifiedJob,
  hosted: HostedPackage,
  parts: NotifyParts,
): Promise<Notification> {
  const sources = [...(await travelling(job, hosted, parts)), ...parts.sources()];
  return {
    type: "notification/1",
    id,
    deployment: job.deployment.id,
    sequence: await nextSequence("notification", parts.key, parts.values),
    issuedAt: parts.clock.now().toISOString(),
    expiresAt: job.deployment.expiresAt,
    trigger: triggerEnvelope(job.deployment),
    ...(hosted.sealed.bytes.length <= maxManifestBytes
      ? { manifest: toEnvelope(hosted.sealed) }
      : {}),
    archives: offered(hosted.archives).map(({ sha256, size, base }) => ({
      sha256,
      size,
      ...(base === undefined ? {} : { base }),
    })),
    sources,
  };
}

/**
 * Attached, and what came damaged or not at all can be asked for again; or in parts. Parts that have come lie with the
 * agent, so it looks there before it goes anywhere.
 */
async function travelling(
  { attach, transport }: NotifiedJob,
  { archives: [archive] }: HostedPackage,
  { fileSystem }: NotifyParts,
): Promise<Source[]> {
  if (!attach || archive === undefined || transport === undefined) return [];
  const carry = carryOf("attach", archive.size, transport);
  const { maxPartsBytes = 0, maxAttachmentBytes = defaultAttachmentBytes } = transport;
  if (carry.kind === "parts") return [await listParts(archive, carry.partBytes, fileSystem)];
  if (carry.kind === "offer") return [];
  if (maxPartsBytes === 0) return [{ kind: "attached" }];
  const partBytes = Math.max(leastPartBytes, maxAttachmentBytes);
  return [{ kind: "attached" }, await listParts(archive, partBytes, fileSystem)];
}

/** The full archive, and the patches that were published last. */
function offered([full, ...patches]: HostedPackage["archives"]): HostedPackage["archives"] {
  return full === undefined ? [] : [full, ...patches.slice(1 - maxArchives)];
}

function triggerEnvelope(deployment: DeploymentRecord): Notification["trigger"] {
  const message = recognize(new TextEncoder().encode(deployment.trigger), "trigger/1");
  if (message === undefined)
    throw new TypeError(`the store returned no trigger for ${deployment.id}`);
  return toEnvelope(openEnvelope(message));
}

/** The same shape of the same wave always has the same id: a UUID of version 8 (RFC 9562 5.8) over what it is for. */
export function notificationId(deployment: string, wave: number, attach: boolean): string {
  const digest = createHash("sha256")
    .update(`outrider notification\n${deployment}\n${wave}\n${attach}`)
    .digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString("hex", 0, 16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

function signed(id: string, bytes: Uint8Array): SignedNotification {
  const message = recognize(bytes, "notification/1");
  if (message === undefined) throw new TypeError(`the store returned no notification for ${id}`);
  return {
    id,
    bytes,
    document: JSON.parse(openEnvelope(message).text) as Notification,
    sha256: sha256Hex(bytes),
  } as SignedNotification;
}
