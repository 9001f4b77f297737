/** Receipts that came back on a stick, and the server they go to: by HTTP where one runs, else to a dormant one. */
import { isOutriderError, OutriderError } from "../../errors/index.ts";
import { nodeFileSystem } from "../../ports/index.ts";
import { directoryShare, droppedReceipts, type LeftLying } from "../../transport/tree/index.ts";
import { readServerConfig } from "../config.ts";
import type { Terminal } from "../io.ts";
import { terminalLogger } from "../logging.ts";
import { connectServer, type ServerOptions } from "./server-client.ts";

/** What became of them. */
export interface ImportedReceipts {
  readonly counted: number;
  /** Counted before, or overtaken by a later one. */
  readonly known: number;
  /** These stay where they are. */
  readonly refused: readonly {
    readonly origin: string;
    readonly code: string;
    readonly message: string;
  }[];
  /** More than are taken at once: these wait for the next import. */
  readonly left: number;
}

/** Takes one in. @throws its refusal */
type Take = (bytes: Uint8Array) => Promise<void>;

/** @throws FILE_MISSING where nothing is; UNAVAILABLE, PORT_BUSY, and what opening a server throws */
export async function importReceipts(
  terminal: Terminal,
  root: string,
  options: ServerOptions & { readonly config: string },
): Promise<ImportedReceipts> {
  if ((await nodeFileSystem.stat(root))?.kind !== "directory")
    throw new OutriderError("FILE_MISSING", `${root} is no folder: is the stick in?`, {
      subject: root,
    });
  return options.server === undefined && terminal.environment["OUTRIDER_SERVER"] === undefined
    ? withDormantServer(terminal, options.config, (take) => takeAll(terminal, root, take))
    : takeAll(terminal, root, await runningServer(terminal, options));
}

async function runningServer(terminal: Terminal, options: ServerOptions): Promise<Take> {
  const client = await connectServer(terminal, options);
  return async (bytes) => void (await client.post("receipts", bytes));
}

async function withDormantServer<T>(
  terminal: Terminal,
  configPath: string,
  work: (take: Take) => Promise<T>,
): Promise<T> {
  const config = await readServerConfig(terminal, configPath);
  const { requireFreePort } = await import("./listen.ts");
  const { wireServer } = await import("./server.ts");
  // Where the server runs already, it alone writes its audit log: the receipts go to it by HTTP.
  await requireFreePort(config.values.listen);
  const wired = await wireServer(terminal, config, {
    logger: terminalLogger(terminal, "warn"),
    listening: false,
  });
  try {
    const done = await work(async (bytes) => {
      const verdict = await wired.server.receive(bytes, "file");
      if (verdict.outcome === "refused") throw new OutriderError(verdict.code, verdict.message);
      if (verdict.outcome === "ignored")
        throw new OutriderError("DOCUMENT_INVALID", "It is no receipt.");
    });
    await wired.server.settle();
    return done;
  } finally {
    await wired.close();
  }
}

async function takeAll(terminal: Terminal, root: string, take: Take): Promise<ImportedReceipts> {
  const share = directoryShare(root, nodeFileSystem);
  const { signal } = terminal;
  let counted = 0;
  let known = 0;
  const refused: ImportedReceipts["refused"][number][] = [];
  const onFault = (origin: string, error: unknown): void => {
    if (!isOutriderError(error)) throw error;
    refused.push({ origin, code: error.code, message: error.message });
  };
  let left = 0;
  const onEnd = ({ receipts }: LeftLying): void => void (left = receipts);
  for await (const receipt of droppedReceipts(share, { signal, onFault, onEnd })) {
    try {
      await take(receipt.bytes);
      counted++;
    } catch (error) {
      if (!isOutriderError(error) || error.retryable) throw error;
      const { code, message } = error;
      if (code !== "REPLAYED") {
        refused.push({ origin: receipt.origin, code, message });
        continue;
      }
      known++;
    }
    await receipt.settle("handled");
  }
  return { counted, known, refused, left };
}
