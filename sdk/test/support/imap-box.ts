/** A mailbox on a test server, how to listen to it, and what was said meanwhile. */
import { expect } from "vitest";
import type { ImapReceiverOptions } from "../../src/transports/email/receiver/index.ts";
import { testFolder, type TestFolder } from "./archives.ts";
import { startImapServer, type TestImapServer, type TestImapServerOptions } from "./imap-server.ts";
import { mixedMail, notificationPart } from "./mime.ts";

/** A mail with a notification. */
export const ours: string = mixedMail(notificationPart);
/** A mail of somebody else's. */
export const foreign = "Subject: lunch?\nOutrider-Documents: none\n\nAt noon.\n";

/** Different copies of one message, as deliveries are. */
export function copy(at: number | string): string {
  return `Received: ${at}\n${ours}`;
}

interface Log {
  readonly level: string;
  readonly message: string;
  readonly code: unknown;
}

/** A server with a mailbox, and how to listen to it. */
export interface ImapBox extends AsyncDisposable {
  readonly server: TestImapServer;
  readonly folder: TestFolder;
  readonly options: ImapReceiverOptions;
  readonly logs: readonly Log[];
}

/** Starts one. */
export async function imapBox(
  more: Partial<ImapReceiverOptions> = {},
  serverOptions: TestImapServerOptions = {},
): Promise<ImapBox> {
  const folder = await testFolder();
  const server = await startImapServer(serverOptions);
  const logs: Log[] = [];
  const options: ImapReceiverOptions = {
    server: {
      host: "127.0.0.1",
      port: server.port,
      tls: "none",
      login: { user: "agent", password: "secret" },
      timeoutMs: 20_000,
    },
    spoolDirectory: folder.at("spool"),
    reconnectMs: { first: 5, longest: 20 },
    logger: {
      log: (level, message, fields) => void logs.push({ level, message, code: fields?.code }),
    },
    ...more,
  };
  return {
    server,
    folder,
    options,
    logs,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

/** Waits for something that has no event. */
export async function eventually(holds: () => boolean): Promise<void> {
  await expect.poll(holds).toBe(true);
}
