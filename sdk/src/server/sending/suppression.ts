/**
 * Addresses that a transport has rejected for good (SMTP 5xx, bounces): twice, and they are left alone for a month, so
 * that providers do not take the server for one that sends to whatever it finds. Another address of the agent, or the
 * same one after the month, is tried again. Only an answer of the agent clears an address: a relay that accepts a mail
 * and sends it back tomorrow says nothing today.
 */
import type { ClaimedJob, ValueStore } from "../../ledger/index.ts";
import type { Clock } from "../../ports/index.ts";

type Recipients = ClaimedJob["recipients"];

/** Remembers rejections. */
export interface Suppression {
  /** Who may be written to, and who may not. */
  sort(
    transport: string,
    recipients: Recipients,
  ): Promise<{ open: Recipients; suppressed: Recipients }>;
  /** The address was rejected, or the agent has answered what was sent there. */
  learn(transport: string, address: string, isRejected: boolean): Promise<void>;
}

interface Entry {
  readonly rejections: number;
  readonly lastMs: number;
}

const limit = 2;
const monthMs = 30 * 24 * 3600 * 1000;

/** Opens what the store remembers. */
export function openSuppression(values: ValueStore, clock: Clock): Suppression {
  const keyOf = (transport: string, address: string): string => `rejected/${transport}/${address}`;
  const read = (text: string | undefined): Entry | undefined => {
    if (text === undefined || text === "") return undefined;
    const entry = JSON.parse(text) as Entry;
    return clock.now().getTime() - entry.lastMs < monthMs ? entry : undefined;
  };
  return {
    async sort(transport, recipients) {
      const open: Recipients[number][] = [];
      const suppressed: Recipients[number][] = [];
      const known = await values.some(recipients.map(({ address }) => keyOf(transport, address)));
      for (const recipient of recipients) {
        const entry = read(known.get(keyOf(transport, recipient.address)));
        ((entry?.rejections ?? 0) >= limit ? suppressed : open).push(recipient);
      }
      return { open, suppressed };
    },
    async learn(transport, address, isRejected) {
      const key = keyOf(transport, address);
      const before = read(await values.get(key));
      if (!isRejected && before === undefined) return;
      const entry: Entry = {
        rejections: (before?.rejections ?? 0) + 1,
        lastMs: clock.now().getTime(),
      };
      await values.set(key, isRejected ? JSON.stringify(entry) : "");
    },
  };
}
