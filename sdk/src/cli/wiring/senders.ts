/** The ways out of a server's configuration, and the ways in beside HTTP. */
import type { KeySource, Logger } from "../../ports/index.ts";
import { readFileText, readSecret } from "../../release/files.ts";
import type { ServerConfig } from "../../schema/index.ts";
import { stickChannel, type Inbox, type ServerTransport } from "../../server/index.ts";
import { smbclientShare } from "../../transport/smbclient/index.ts";
import { uncReceiptInbox } from "../../transports/unc/receipts/index.ts";
import { uncSender } from "../../transports/unc/sender/index.ts";
import type { Configuration } from "../config.ts";
import type { Terminal } from "../io.ts";
import type { ConfiguredFiles } from "./mailbox.ts";
import { wireMail, wireMailboxes } from "./server-mail.ts";
import { locateShare } from "./share.ts";

/** Opened transports. */
export interface WiredTransports {
  readonly transports: ServerTransport[];
  /** Where messages come in beside HTTP. */
  readonly inboxes: Inbox[];
  readonly close: () => Promise<void>;
}

/** Opens them; nothing is sent yet. @throws FILE_MISSING, ADDRESS_INVALID, CONFIG_INVALID */
export async function wireSenders(
  terminal: Terminal,
  { values, resolve }: Configuration<ServerConfig>,
  serverKey: KeySource,
  logger: Logger,
): Promise<WiredTransports> {
  const { email, unc, stick } = values.transports ?? {};
  const wired: WiredTransports = { transports: [], inboxes: [], close: async () => undefined };
  if (unc !== undefined) {
    const location = locateShare(unc, { resolve, unmounted: smbclientShare });
    const sender = uncSender(location);
    wired.transports.push({
      sender,
      carriage: "share",
      publish: (news, signal) => sender.publish(news, signal),
    });
    wired.inboxes.push({ receiver: uncReceiptInbox({ ...location, logger }), via: "unc" });
  }
  const files: ConfiguredFiles = {
    resolve,
    readText: (path) => readFileText(terminal, resolve(path)),
    readSecret: (path) => readSecret(terminal, resolve(path)),
  };
  wired.inboxes.push(...(await wireMailboxes(values, files, logger)));
  if (stick !== undefined) wired.transports.push(stickChannel);
  if (email === undefined) return wired;
  const { transport, sender } = await wireMail(email, files, serverKey, logger);
  wired.transports.push(transport);
  return { ...wired, close: () => sender.close() };
}
