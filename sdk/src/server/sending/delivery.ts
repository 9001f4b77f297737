/**
 * What is handed to a transport for a job: the wave's notification, a control that everybody written to must know, or
 * parts of the archive that an agent asks for again.
 */
import { OutriderError } from "../../errors/index.ts";
import type { AgentRegistry, ClaimedJob } from "../../ledger/index.ts";
import type { Addressed, Delivery, PartDelivery, Recipient } from "../../transport/index.ts";
import { attachmentFor, type Receipted } from "../carriage/attachment.ts";
import { emailSourceOf, partOf } from "../carriage/mail-parts.ts";
import { profileOf, type ServerTransport } from "../carriage/transports.ts";
import { notify, type NotifyParts } from "../notify.ts";
import type { Catalog } from "../publishing/catalog.ts";
import { findControl } from "../publishing/kept-control.ts";
import type { HostedPackage, PackageSource } from "../publishing/packages.ts";
import { carriedTrust, type TrustShelf } from "../publishing/trust-shelf.ts";
import type { References } from "./references.ts";
import { partsAgain } from "./resending.ts";

/** What composing needs. */
export interface DeliveryParts {
  readonly packages: PackageSource;
  readonly deployments: Receipted;
  readonly notify: NotifyParts;
  readonly catalog: Pick<Catalog, "current">;
  readonly agents: Pick<AgentRegistry, "encryptionKeys">;
  readonly references: References;
  readonly trustShelf: Pick<TrustShelf, "list">;
}

/** A message, and the numbered parts of the archive that follow it. */
export interface Shipment {
  /** The message's; what was taken of it already is remembered by it. */
  readonly id: string;
  readonly recipients: readonly Recipient[];
  /** Absent where only parts are sent, again. */
  readonly message?: Delivery;
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
  const isAskedFor = job.errand !== undefined && "parts" in job.errand;
  const travels = (job.attach || isAskedFor) && transport.carriage === "message";
  const addressed: Addressed = {
    deployment,
    summary: { packageName, version, reason },
    recipients: travels ? await withKeys(job.recipients, parts) : job.recipients,
    ...(transport.carriage === "message" ? { reference: await parts.references.of(job.id) } : {}),
  };
  if (job.errand !== undefined && "parts" in job.errand)
    return partsAgain(job, addressed, job.errand, parts);
  const along = transport.carriage === "message" ? { trust: carriedTrust(parts.trustShelf) } : {};
  if (job.errand !== undefined) {
    const { control } = job.errand;
    const kept = await findControl(control, parts.notify.values);
    if (kept === undefined)
      throw new OutriderError("STORE_FAILED", `The store has lost control ${control}.`, {
        subject: control,
      });
    const { envelope, document } = kept;
    const { action, reason } = document;
    const summary = { packageName, version, reason };
    return shipment({ ...addressed, ...along, summary, order: action, id: control, envelope }, []);
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
  const message: Delivery = {
    ...addressed,
    ...along,
    id,
    envelope: bytes,
    ...(isInside && inside !== undefined ? { attachment: inside } : {}),
    ...(transport.carriage === "share"
      ? { patches, catalog: await parts.catalog.current(signal) }
      : {}),
  };
  if (source === undefined || archive === undefined) return shipment(message, []);
  return shipment(
    message,
    source.parts.map((_, at) => ({ ...addressed, ...partOf(source, archive, at + 1) })),
  );
}

function shipment(message: Delivery, parts: readonly PartDelivery[]): Shipment {
  return { id: message.id, recipients: message.recipients, message, parts };
}

/** The same, to some of its recipients, in this order. */
export function shipmentTo(
  recipients: readonly Recipient[],
  { id, message, parts }: Shipment,
): Shipment {
  return {
    id,
    recipients,
    ...(message === undefined ? {} : { message: { ...message, recipients } }),
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
