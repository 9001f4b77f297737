/** A mail's source on its way from a server into the spool, and from there to an Incoming: never held in memory. */
import { nodeFileSystem, type FileSystem } from "../../../ports/index.ts";
import type { Incoming } from "../../../transport/index.ts";
import { takeMail } from "./incoming.ts";
import type { MailInterest } from "./interest.ts";
import { defaultLimits, tooMuch, type MailLimits } from "./mime/limits.ts";
import type { Spool } from "./spool.ts";

/** How a fetched mail is taken in. */
export interface SourceIntake {
  readonly spool: Spool;
  readonly origin: string;
  readonly interest: MailInterest;
  readonly limits?: Partial<MailLimits>;
  readonly fileSystem?: FileSystem;
}

/** Writes the next octets. */
export type WriteSource = (piece: Buffer) => Promise<void>;

/**
 * Fetches a mail into the spool and reads it; the source is gone afterwards.
 *
 * @param fetchSource hands the octets on, one piece after the other.
 * @returns `undefined` if the mail is not ours.
 * @throws MESSAGE_AMBIGUOUS, MESSAGE_LIMIT, and whatever `fetchSource` throws
 */
export async function takeSource(
  fetchSource: (write: WriteSource) => Promise<unknown>,
  { spool, origin, interest, limits = {}, fileSystem = nodeFileSystem }: SourceIntake,
  settle: Incoming["settle"],
): Promise<Incoming | undefined> {
  const { maxMailBytes } = { ...defaultLimits, ...limits };
  const path = spool.newPath();
  try {
    const sink = await fileSystem.open(path, "create");
    let size = 0;
    try {
      await fetchSource(async (piece) => {
        size += piece.length;
        // Servers round sizes; past the bound nothing more is written, and the rest passes by.
        if (size <= maxMailBytes) await sink.write(piece);
      });
    } finally {
      await sink.close();
    }
    if (size > maxMailBytes) throw tooMuch(`it has ${size} bytes; ${maxMailBytes} are allowed`);
    const file = await fileSystem.open(path, "read");
    try {
      return await takeMail(file, origin, { spool, interest, limits }, settle);
    } finally {
      await file.close();
    }
  } finally {
    await spool.remove(path);
  }
}
