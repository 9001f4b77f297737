/** nodemailer's own pool with nothing around it: what our sender is measured against. */
import { createTransport } from "nodemailer";

/** A pool to one relay on this machine. */
export interface BarePool {
  /** A finished mail. */
  send(raw: Buffer, to: readonly string[]): Promise<unknown>;
  /** A mail that it composes itself, to one address or several. */
  compose(content: string, to: string): Promise<unknown>;
  close(): void;
}

/** Opens it. */
export function barePool(port: number, maxConnections: number): BarePool {
  const transporter = createTransport({
    pool: true,
    host: "127.0.0.1",
    port,
    ignoreTLS: true,
    maxConnections,
    maxMessages: Infinity,
  });
  return {
    send: (raw, to) =>
      transporter.sendMail({ envelope: { from: "updates@vendor.test", to: [...to] }, raw }),
    compose: (content, to) =>
      transporter.sendMail({
        from: "updates@vendor.test",
        to,
        subject: "Update: till-software 2.1.0",
        text: "This is a message for the Outrider agent that reads this mailbox.\n".repeat(8),
        html: "<p>This is a message for the Outrider agent that reads this mailbox.</p>".repeat(8),
        attachments: [{ filename: "notification.outrider.json", content }],
      }),
    close: () => transporter.close(),
  };
}
