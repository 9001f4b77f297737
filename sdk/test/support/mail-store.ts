/** Mail in memory, behind the test servers for IMAP and POP3. */

/** A mail. */
export interface StoredMail {
  readonly uid: number;
  readonly raw: Buffer;
  readonly flags: Set<string>;
}

/** A folder. */
export class StoredFolder {
  uidValidity = 1;
  uidNext = 1;
  mails: StoredMail[] = [];
  /** Called when something arrives or goes. */
  readonly watchers: Set<() => void> = new Set();

  /** Delivers; LF becomes CRLF. @returns its UID */
  deliver(...contents: readonly string[]): number {
    for (const content of contents) {
      const raw = Buffer.from(content.replaceAll(/\r?\n/g, "\r\n"), "latin1");
      this.mails.push({ uid: this.uidNext++, raw, flags: new Set() });
    }
    for (const watcher of this.watchers) watcher();
    return this.uidNext - 1;
  }

  /** The mailbox is rebuilt: the same mail, other UIDs. */
  rebuild(): void {
    this.uidValidity++;
    this.uidNext = 1000;
    this.mails = this.mails.map(({ raw }) => ({ uid: this.uidNext++, raw, flags: new Set() }));
  }
}

/** The header of a mail, with the empty line. */
export function headerOf(raw: Buffer): Buffer {
  const end = raw.indexOf("\r\n\r\n");
  return end === -1 ? raw : raw.subarray(0, end + 4);
}
