/** What is handed to a transport for a job: the wave's notification, or a control that everybody written to must know. */
import { OutriderError } from "../errors/index.ts";
import type { ClaimedJob } from "../ledger/index.ts";
import type { Delivery } from "../transport/index.ts";
import type { Catalog } from "./catalog.ts";
import { notify, type NotifyParts } from "./notify.ts";
import type { PackageSource } from "./packages.ts";
import type { ServerTransport } from "./transports.ts";

/** What composing needs. */
export interface DeliveryParts {
  readonly packages: PackageSource;
  readonly notify: NotifyParts;
  readonly catalog: Pick<Catalog, "current">;
}

/** @throws PACKAGE_UNKNOWN, STORE_FAILED and what the key source throws */
export async function deliveryOf(
  job: ClaimedJob,
  transport: ServerTransport,
  parts: DeliveryParts,
  signal: AbortSignal,
): Promise<Delivery> {
  const { id: deployment, packageName, version, reason } = job.deployment;
  const common = {
    deployment,
    summary: { packageName, version, reason },
    recipients: job.recipients,
    ...(transport.carriage === "share" ? { catalog: await parts.catalog.current(signal) } : {}),
  };
  return job.control === undefined
    ? { ...common, ...(await notification(job, transport, parts, signal)) }
    : { ...common, id: job.control, envelope: await findControl(job.control, parts) };
}

async function notification(
  job: ClaimedJob,
  transport: ServerTransport,
  parts: DeliveryParts,
  signal: AbortSignal,
): Promise<Pick<Delivery, "id" | "envelope" | "attachment">> {
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
  const { id, bytes } = await notify(job, hosted, parts.notify, signal);
  const archive = hosted.archives[0];
  const travels = archive !== undefined && (job.attach || transport.carriage === "share");
  return {
    id,
    envelope: bytes,
    ...(travels
      ? { attachment: { path: archive.path, sha256: archive.sha256, size: archive.size } }
      : {}),
  };
}

/** The name under which a control that took effect is kept, for telling of it. */
export function controlName(id: string): string {
  return `control/${id}`;
}

async function findControl(id: string, { notify: { values } }: DeliveryParts): Promise<Uint8Array> {
  const text = await values.get(controlName(id));
  if (text === undefined)
    throw new OutriderError("STORE_FAILED", `The store has lost control ${id}.`, { subject: id });
  return new TextEncoder().encode(text);
}
