/**
 * Notifications on a share (patent 16, server half): one file serves every agent that reads the share.
 *
 * Whoever reads at any moment sees a whole state: archive, then notification, then the catalog that names them. What is
 * there under its digest is kept; only the catalog changes.
 */
import { sha256Hex } from "../../../signing/index.ts";
import { throwIfCancelled, type DeliveryOutcome, type Sender } from "../../../transport/index.ts";
import {
  openShare,
  treeNames,
  type ShareableArchive,
  type ShareCall,
  type ShareFolder,
  type ShareLocation,
  type ShareReader,
  type ShareWriter,
} from "../../../transport/tree/index.ts";

/** Which share is written. */
export type UncSenderOptions = ShareLocation<
  ShareWriter & Pick<ShareReader, "root"> & Pick<ShareFolder, "list">
>;

/** A Sender whose catalog is also the heartbeat. */
export interface UncSender extends Sender {
  /**
   * Publishes a catalog (the heartbeat), what it lists before, and trust documents by version.
   *
   * @throws UNAVAILABLE, SPACE, CANCELLED
   */
  publish(news: UncNews, options?: { readonly signal?: AbortSignal }): Promise<void>;
}

/** What is published without a notification. */
export interface UncNews {
  /** `catalog/1` envelope. */
  readonly catalog?: Uint8Array;
  /** `trust/1` envelopes. */
  readonly trust?: readonly { readonly version: number; readonly envelope: Uint8Array }[];
  /**
   * What the catalog lists: `notification/1` envelopes, and the archives that they name. Put there where one of its
   * archives lies already: what only others were told of takes no room on the share.
   */
  readonly releases?: readonly {
    readonly notification: { readonly bytes: Uint8Array };
    readonly archives: readonly ShareableArchive[];
  }[];
}

/** Sends by share. */
export function uncSender(options: UncSenderOptions): UncSender {
  const share = openShare(options);
  const put = async (
    archives: readonly ShareableArchive[],
    envelope: Uint8Array,
    call: ShareCall,
  ): Promise<void> => {
    for (const archive of archives)
      await share.store(treeNames.package(archive.sha256), archive, call);
    await share.write(treeNames.notification(sha256Hex(envelope)), envelope, call);
  };
  return {
    name: "unc",
    async send({ attachment, patches = [], envelope, catalog, recipients }, { signal } = {}) {
      throwIfCancelled(signal, share.root);
      const call = signal === undefined ? {} : { signal };
      await put(attachment === undefined ? [] : [attachment, ...patches], envelope, call);
      if (catalog !== undefined) await share.write(treeNames.catalog, catalog, call);
      return recipients.map((recipient) => accepted(recipient, share.root));
    },
    async publish({ catalog, trust = [], releases = [] }, { signal } = {}) {
      const call = signal === undefined ? {} : { signal };
      for (const { version, envelope } of trust)
        await share.write(treeNames.trust(version), envelope, call);
      const lying = releases.length === 0 ? [] : await share.list(treeNames.packages, call);
      const names = new Set(lying.map(({ name }) => `${treeNames.packages}/${name}`));
      for (const { archives, notification } of releases)
        if (archives.some(({ sha256 }) => names.has(treeNames.package(sha256))))
          await put(archives, notification.bytes, call);
      if (catalog !== undefined) await share.write(treeNames.catalog, catalog, call);
    },
  };
}

function accepted({ agent }: { readonly agent: string }, root: string): DeliveryOutcome {
  return { agent, outcome: "accepted", detail: `It lies on ${root}.` };
}
