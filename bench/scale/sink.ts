/**
 * A relay that takes every mail, throws it away and counts per recipient how often it came. The parent asks for the counts;
 * the first mail is kept, so that bare clients can send the same.
 *
 *     fork("sink.ts", [recipients]) → {port}; "report" → Report and starts anew
 */
import { createServer, type Socket } from "node:net";
import { indexOf } from "./recipients.ts";

/** What a sink has taken. */
export interface Report {
  /** By recipient, how many mails. At most 255 is told. */
  readonly counts: Uint8Array;
  readonly mails: number;
  /** Recipients that nobody has ordered. */
  readonly strangers: number;
  readonly firstMail: string;
}

const recipients = Number(process.argv[2]);
let counts = new Uint8Array(recipients);
let mails = 0;
let strangers = 0;
let firstMail = "";

const server = createServer(converse);
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  if (typeof address === "object") process.send?.({ port: address?.port });
});
process.on("message", () => {
  const report: Report = { counts, mails, strangers, firstMail };
  process.send?.(report);
  counts = new Uint8Array(recipients);
  mails = 0;
  strangers = 0;
});
process.on("disconnect", () => process.exit());

/** What a recipient was promised counts when the mail is taken, not before. */
function converse(socket: Socket): void {
  let isData = false;
  let rest = "";
  let mail = "";
  let envelope: string[] = [];
  socket.setNoDelay(true).on("error", () => undefined);
  socket.write("220 sink ESMTP\r\n");
  socket.on("data", (bytes) => {
    if (isData) {
      const piece = bytes.toString("latin1");
      if (firstMail === "") mail += piece;
      rest = (rest + piece).slice(-5);
      if (rest !== "\r\n.\r\n") return;
      if (firstMail === "") firstMail = mail.slice(0, -3);
      isData = false;
      rest = "";
      take(envelope);
      envelope = [];
      socket.write("250 2.0.0 thrown away\r\n");
      return;
    }
    const lines = (rest + bytes.toString("latin1")).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      isData = line === "DATA";
      if (line.startsWith("RCPT TO:<")) envelope.push(line.slice(9, line.indexOf(">")));
      else if (line.startsWith("MAIL") || line === "RSET") envelope = [];
      if (line === "QUIT") socket.end("221 bye\r\n");
      else if (line.startsWith("EHLO")) socket.write("250-sink\r\n250 PIPELINING\r\n");
      else socket.write(isData ? "354 go\r\n" : "250 2.1.0 ok\r\n");
    }
  });
}

function take(envelope: readonly string[]): void {
  mails++;
  for (const address of envelope) {
    const index = indexOf(address);
    const count = counts[index];
    if (count === undefined) strangers++;
    else counts[index] = Math.min(255, count + 1);
  }
}
