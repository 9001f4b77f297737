/**
 * The same mail to a range of recipients by nodemailer's pool alone: what SMTP costs when nothing else is done.
 *
 *     fork("bare.ts", [port, from, to, recipientsPerMail, file of the mail]); any message starts it → {seconds}
 */
import { readFileSync } from "node:fs";
import { barePool } from "../../sdk/test/support/bare-pool.ts";
import { addressOf } from "./recipients.ts";

const connections = 5;
const [port = 0, first = 0, end = 0, together = 0] = process.argv.slice(2, 6).map(Number);
const raw = readFileSync(process.argv[6] ?? "");

process.once("message", () => void send());
process.once("disconnect", () => process.exit());
process.send?.({ ready: true });

async function send(): Promise<void> {
  const started = performance.now();
  const pool = barePool(port, connections);
  let next = first;
  const work = async (): Promise<void> => {
    while (next < end) {
      const from = next;
      next = Math.min(end, from + together);
      await pool.send(
        raw,
        Array.from({ length: next - from }, (_, at) => addressOf(from + at)),
      );
    }
  };
  await Promise.all(Array.from({ length: 2 * connections }, work));
  pool.close();
  process.send?.({ seconds: (performance.now() - started) / 1000 });
  process.disconnect();
}
