/** What an agent is made from. */
import type { SealedDocument } from "../messages/index.ts";
import type { Clock, FileSystem, Logger } from "../ports/index.ts";
import type { Obtainer, ReceiptSender, Receiver } from "../transport/index.ts";
import type { Deployer } from "./install/deployer.ts";
import type { ProgramRunner } from "./install/program.ts";
import type { AgentPolicy } from "./policy.ts";

/** Options of `createAgent`. */
export interface AgentOptions {
  /** Its name, as audiences and the server's list of agents have it. */
  readonly id: string;
  readonly groups: readonly string[];
  /** The vendor's facts about this machine, for variants. Default none. */
  readonly facts?: Readonly<Record<string, string>>;
  /** Absolute; made with mode 0700, refused if others may write there. One agent at a time. */
  readonly dataDirectory: string;
  /** Absolute; one folder per package, same rule. */
  readonly installDirectory: string;
  /** The first trust document, that came with the product. Later ones arrive by themselves. */
  readonly trust: SealedDocument<"trust/1">;
  /** Ways to hear; all are listened to. */
  readonly receivers: readonly Receiver[];
  /** Ways to get archives: `attached`, `http`, `unc`. */
  readonly obtainers: readonly Obtainer[];
  /** Ways for receipts; the first that works is taken. */
  readonly receiptSenders: readonly ReceiptSender[];
  /** The product's own way to install, for packages with the strategy `vendor`. */
  readonly deployer?: Deployer;
  readonly policy?: AgentPolicy;
  /** Runs hooks, health checks and installers. Default: as child processes. */
  readonly programs?: ProgramRunner;
  /** Versions that came with the product: never gone below, whatever is deleted (THREATS A1). */
  readonly bundled?: Readonly<Record<string, string>>;
  /** Whether this runtime's zstd takes dictionaries, without which no patch is obtained. Default: tried once. */
  readonly dictionaries?: boolean;
  readonly fileSystem?: FileSystem;
  readonly clock?: Clock;
  readonly logger?: Logger;
}
