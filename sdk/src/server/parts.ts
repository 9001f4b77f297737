/** Puts the server's parts together, once: every step takes from here what its own interface names, and no more. */
import { randomUUID } from "node:crypto";
import type { ServerStore } from "../ledger/index.ts";
import type { SealedDocument } from "../messages/index.ts";
import {
  nodeFileSystem,
  silentLogger,
  systemClock,
  type Clock,
  type FileSystem,
  type KeySource,
  type Logger,
} from "../ports/index.ts";
import type { Source } from "../schema/index.ts";
import type { TrustSet } from "../trust/index.ts";
import { lazyAuditLog, type LazyAuditLog } from "./audit/open.ts";
import { httpChannel, profileOf, type ServerTransport } from "./carriage/transports.ts";
import type { ConductParts } from "./deployments/conduct.ts";
import type { ControlParts } from "./intake/controls.ts";
import { receiptFlood } from "./intake/receipt-flood.ts";
import type { ReceiptParts } from "./intake/receipts.ts";
import type { ReturnedParts } from "./intake/returned.ts";
import type { Allowance } from "./limits/allowances.ts";
import { openLimits } from "./limits/limits.ts";
import { openNews, type News } from "./news/news.ts";
import type { PipelineParts } from "./pipeline.ts";
import { openCatalog, type Catalog } from "./publishing/catalog.ts";
import type { PackageSource } from "./publishing/packages.ts";
import { trustShelf, type TrustShelf } from "./publishing/trust-shelf.ts";
import type { DispatchParts } from "./sending/dispatch.ts";
import { openReferences } from "./sending/references.ts";
import { Shipping } from "./sending/shipping.ts";
import { openSuppression } from "./sending/suppression.ts";

/** What the parts are made from. */
export interface Ground {
  readonly trust: TrustSet;
  readonly earlierTrust?: readonly SealedDocument<"trust/1">[];
  readonly key: KeySource;
  readonly store: ServerStore;
  readonly packages: PackageSource;
  readonly transports: readonly ServerTransport[];
  readonly dataDirectory: string;
  readonly catalogValidMs?: number;
  readonly leaseMs?: number;
  readonly receiptAllowance?: Allowance;
  readonly clock?: Clock;
  readonly logger?: Logger;
  readonly fileSystem?: FileSystem;
}

/** Everything that the steps need. */
export interface ServerParts
  extends
    Omit<PipelineParts, "deployments">,
    Omit<ConductParts, "deployments">,
    Omit<DispatchParts, "deployments" | "agents">,
    Omit<ReceiptParts, "deployments" | "agents" | "values">,
    Omit<ReturnedParts, "deployments" | "agents">,
    Omit<ControlParts, "deployments" | "values"> {
  readonly deployments: ServerStore["deployments"];
  readonly agents: ServerStore["agents"];
  readonly values: ServerStore["values"];
  readonly senders: readonly ServerTransport[];
  readonly news: News;
  readonly logger: Logger;
  readonly audit: LazyAuditLog;
  readonly catalog: Catalog;
  readonly trustShelf: TrustShelf;
}

/** @param publicUrl asked each time: the bound address is known only after listening. */
export function assembleParts(ground: Ground, publicUrl: () => string | undefined): ServerParts {
  const { trust, key, store, packages } = ground;
  const clock = ground.clock ?? store.clock ?? systemClock;
  const senders = [...ground.transports, httpChannel];
  const sources = (): Source[] => sourcesOf(publicUrl(), senders);
  const catalog = openCatalog({
    key,
    values: store.values,
    clock,
    trustVersion: () => trust.document.version,
    ...(ground.catalogValidMs === undefined ? {} : { validMs: ground.catalogValidMs }),
  });
  const news = openNews(store.feed);
  const logger = ground.logger ?? silentLogger;
  const limits = new Map(
    senders.map((sender) => {
      const name = nameOf(sender);
      return [name, openLimits(name, sender.pace ?? {}, { buckets: store.buckets, clock })];
    }),
  );
  return {
    trust,
    packages,
    clock,
    senders,
    catalog,
    trustShelf: trustShelf(trust, ground.earlierTrust ?? []),
    news,
    deployments: store.deployments,
    agents: store.agents,
    values: store.values,
    logger,
    audit: lazyAuditLog({
      dataDirectory: ground.dataDirectory,
      fileSystem: ground.fileSystem ?? nodeFileSystem,
      clock,
      deployments: store.deployments,
    }),
    transports: senders.map(profileOf),
    messengers: senders.filter(({ carriage }) => carriage === "message").map(nameOf),
    notify: {
      key,
      values: store.values,
      clock,
      fileSystem: ground.fileSystem ?? nodeFileSystem,
      sources,
    },
    references: openReferences(store.values),
    shipping: new Shipping(),
    limits,
    suppression: openSuppression(store.values, clock),
    receiptFlood: receiptFlood(clock, ground.receiptAllowance),
    worker: randomUUID(),
    leaseMs: ground.leaseMs ?? 60_000,
    hasSources: () => sources().length > 0,
    isRecalled: (manifest) => catalog.isRecalled(manifest),
    tell: (event) => news.tell(event),
  };
}

/** `http` before `unc`, as in Fig. 4: steps 88 and 89. */
function sourcesOf(url: string | undefined, senders: readonly ServerTransport[]): Source[] {
  const hasShare = senders.some(({ carriage }) => carriage === "share");
  return [
    ...(url === undefined ? [] : [{ kind: "http", url: new URL("packages/", url).href } as const]),
    ...(hasShare ? [{ kind: "unc" } as const] : []),
  ];
}

function nameOf({ sender }: ServerTransport): string {
  return sender.name;
}
