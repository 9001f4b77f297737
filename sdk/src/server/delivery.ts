/** What is handed to a transport for a job: the wave's notification, or a control that everybody written to must know. */
import { OutriderError } from "../errors/index.ts";
import type { AgentRegistry, ClaimedJob } from "../ledger/index.ts";
import type { Addressed, Delivery, PartDelivery, Recipient } from "../transport/index.ts";
import { attachmentFor, type Receipted } from "./attachment.ts";
import type { Catalog } from "./catalog.ts";
import { findControl } from "./kept-control.ts";
import { emailSourceOf, partOf } from "./mail-parts.ts";
import { notify, type NotifyParts } from "./notify.ts";
import type { HostedPackage, PackageSource } from "./packages.ts";
import type { References } from "./references.ts";
import { profileOf, type ServerTransport } from "./transports.ts";

/** What composing needs. */
export interface DeliveryParts {
  readonly packages: PackageSource;
  readonly deployments: Receipted;
  readonly notify: NotifyParts;
  readonly catalog: Pick<Catalog, "current">;
  readonly agents: Pick<AgentRegistry, "encryptionKeys">;
  readonly references: References;
}

/** A message, and the numbered parts of the archive that follow it. */
export interface Shipment {
  readonly delivery: Delivery;
  readonly parts: readonly PartDelivery[];
}

/** @throws PACKAGE_UNKNOWN, STORE_FAILED and what the key source throws */
export async function shipmentOf(
  job: ClaimedJob,
  transport: ServerTransport,
  parts: DeliveryParts,
  signal: AbortSignal,
): Promise<Shipment> {
  const { id: deployment, packageName, version, reason } = job.deployment;
  const travels = job.attach && transport.carriage === "message";
  const addressed: Addressed = {
    deployment,
    summary: { packageName, version, reason },
    recipients: travels ? await withKeys(job.recipients, parts) : job.recipients,
    ...(transport.carriage === "message" ? { reference: await parts.references.of(job.id) } : {}),
  };
  if (job.control !== undefined) {
    const kept = await findControl(job.control, parts.notify.values);
    if (kept === undefined)
      throw new OutriderError("STORE_FAILED", `The store has lost control ${job.control}.`, {
        subject: job.control,
      });
    const { envelope, document } = kept;
    const { action, reason } = document;
    const summary = { packageName, version, reason };
    return {
      delivery: { ...addressed, summary, order: action, id: job.control, envelope },
      parts: [],
    };
  }
  const hosted = await findPackage(job, parts);
  const profiled = { ...job, transport: profileOf(transport) };
  const { id, bytes, document } = await notify(profiled, hosted, parts.notify, signal);
  const [archive, ...patches] = hosted.archives;
  const isInside =
    transport.carriage === "share" || document.sources.some(({ kind }) => kind === "attached");
  const inside =
    isInside && transport.carriage === "message"
      ? await attachmentFor(job, hosted, document.sources, parts.deployments)
      : archive;
  const source = isInside ? undefined : emailSourceOf(document.sources);
  return {
    delivery: {
      ...addressed,
      id,
      envelope: bytes,
      ...(isInside && inside !== undefined ? { attachment: inside } : {}),
      ...(transport.carriage === "share"
        ? { patches, catalog: await parts.catalog.current(signal) }
        : {}),
    },
    parts:
      source === undefined || archive === undefined
        ? []
        : source.parts.map((_, at) => ({ ...addressed, ...partOf(source, archive, at + 1) })),
  };
}

/** The same, to some of its recipients, in this order. */
export function shipmentTo(
  recipients: readonly Recipient[],
  { delivery, parts }: Shipment,
): Shipment {
  return {
    delivery: { ...delivery, recipients },
    parts: parts.map((part) => ({ ...part, recipients })),
  };
}

/** Their archives go to them encrypted. */
async function withKeys(
  recipients: readonly Recipient[],
  { agents }: DeliveryParts,
): Promise<Recipient[]> {
  const keys = await agents.encryptionKeys(recipients.map(({ agent }) => agent));
  return recipients.map((recipient) => {
    const encryptionKey = keys.get(recipient.agent);
    return encryptionKey === undefined ? recipient : { ...recipient, encryptionKey };
  });
}

async function findPackage(job: ClaimedJob, parts: DeliveryParts): Promise<HostedPackage> {
  const { packageName, version, manifest } = job.deployment;
  const hosted = await parts.packages.find(manifest);
  if (hosted === undefined)
    throw new OutriderError(
      "PACKAGE_UNKNOWN",
      `The host no longer has ${packageName} ${version}.`,
      {
        subject: manifest,
      },
    );
  return hosted;
}
