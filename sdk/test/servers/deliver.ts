/** Mail into the mail system: by its relay, as a sender would, or behind its back. */
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { createTransport } from "nodemailer";
import type { MailSystem } from "./mail-system.ts";

/** Hands one mail to the relay, octets as Latin-1 text, to one or more addresses. */
export async function deliverTo(
  { ports }: MailSystem,
  to: string | string[],
  raw: string,
): Promise<void> {
  const relay = createTransport({ host: "127.0.0.1", port: ports.smtp, ignoreTLS: true });
  const use8BitMime = /[\u0080-\u00ff]/.test(raw);
  const envelope = { from: "updates@vendor.test", to, use8BitMime };
  await relay.sendMail({ envelope, raw: Buffer.from(raw, "latin1") });
  relay.close();
}

/** Puts mails into a mailbox's Maildir. */
export async function placeMails(
  system: MailSystem,
  user: string,
  mails: readonly string[],
): Promise<void> {
  const at = system.maildirOf(user);
  for (const name of ["new", "cur", "tmp"]) await mkdir(join(at, name), { recursive: true });
  for (const [number, mail] of mails.entries()) {
    const name = `${1_000_000_000 + number}.M${number}.test`;
    writeFileSync(join(at, "new", name), mail, "latin1"); // of tens of thousands each wait would count
  }
  execFileSync("chown", ["-R", "mail:mail", join(at, "..")]);
}
