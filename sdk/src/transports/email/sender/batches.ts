/**
 * Who gets which mail: recipients in batches, each address once. Where an archive goes inside, those who have an
 * encryption key are together and apart from the others, and nobody's archive is in the clear whose key does not do.
 */
import { parseAddress, type MailAddress, type Recipient } from "../../../transport/index.ts";
import type { Letter } from "./letter.ts";
import { makeContent, type MailContent, type MessageMaker } from "./message.ts";
import { sealed } from "./seal.ts";
import type { Verdict } from "./sender.ts";

/** Recipients of one message. */
export interface Batch {
  readonly content: MailContent;
  readonly recipients: readonly WrittenAddress[];
}

/** An address as it was given, and as it was read. */
export interface WrittenAddress {
  readonly written: string;
  readonly address: MailAddress;
  readonly encryptionKey?: string;
}

/**
 * The batches, made one after the other; open content is made and signed once for all of them.
 *
 * @param options.verdicts gets a verdict on each address that is none, or whose key does not do.
 * @throws as `makeContent` does
 */
export async function* batchesOf(
  letter: Letter,
  maker: MessageMaker,
  options: { readonly maxRecipients: number; readonly verdicts: Map<string, Verdict> },
): AsyncGenerator<Batch, void, undefined> {
  const { recipients } = letter.addressed;
  const addresses = readAddresses(recipients, options.verdicts);
  const isSealed = ({ encryptionKey }: WrittenAddress): boolean =>
    letter.archive !== undefined && encryptionKey !== undefined;
  const open = addresses.filter((each) => !isSealed(each));
  if (open.length > 0) {
    const content = await makeContent(maker, letter);
    for (const batch of slices(open, options.maxRecipients)) yield { content, recipients: batch };
  }
  const keyed = await withGoodKeys(addresses.filter(isSealed), maker.now(), options.verdicts);
  for (const batch of slices(keyed, options.maxRecipients)) {
    const keys = batch.flatMap(({ encryptionKey = [] }) => encryptionKey);
    const content = await makeContent(maker, await sealed(letter, keys, maker.now()));
    yield { content, recipients: batch };
  }
}

/** Every distinct address once; what is not an address has its verdict already. */
function readAddresses(
  recipients: readonly Recipient[],
  verdicts: Map<string, Verdict>,
): WrittenAddress[] {
  const found = new Map<string, WrittenAddress>();
  for (const { address: written, encryptionKey } of recipients) {
    if (found.has(written) || verdicts.has(written)) continue;
    try {
      const address = parseAddress(written);
      found.set(written, {
        written,
        address,
        ...(encryptionKey === undefined ? {} : { encryptionKey }),
      });
    } catch (error) {
      verdicts.set(written, { outcome: "rejected", detail: (error as Error).message });
    }
  }
  return [...found.values()];
}

/** A key that has ended, or was revoked, keeps nobody else's mail back; its owner waits for another one. */
async function withGoodKeys(
  addresses: readonly WrittenAddress[],
  now: Date,
  verdicts: Map<string, Verdict>,
): Promise<WrittenAddress[]> {
  if (addresses.length === 0) return [];
  const { judgeEncryptionKey } = await import("../../../signing/openpgp/index.ts");
  const good: WrittenAddress[] = [];
  for (const each of addresses)
    try {
      await judgeEncryptionKey(each.encryptionKey ?? "", now, `The certificate of ${each.written}`);
      good.push(each);
    } catch (error) {
      verdicts.set(each.written, { outcome: "deferred", detail: (error as Error).message });
    }
  return good;
}

function* slices<T>(items: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < items.length; at += size) yield items.slice(at, at + size);
}
