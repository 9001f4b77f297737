/** A thread with the least that a relay has to say; mails are thrown away. */
import { createServer, type Socket } from "node:net";
import { parentPort } from "node:worker_threads";

const server = createServer((socket: Socket) => {
  let isData = false;
  let rest = "";
  socket.setNoDelay(true).on("error", () => undefined);
  socket.write("220 sink ESMTP\r\n");
  socket.on("data", (bytes) => {
    if (isData) {
      rest = (rest + bytes.toString("latin1")).slice(-5);
      if (rest !== "\r\n.\r\n") return;
      isData = false;
      rest = "";
      socket.write("250 thrown away\r\n");
      return;
    }
    const lines = (rest + bytes.toString("latin1")).split("\r\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      isData = line === "DATA";
      if (line === "QUIT") socket.end("221 bye\r\n");
      else if (line.startsWith("EHLO")) socket.write("250-sink\r\n250 PIPELINING\r\n");
      else socket.write(isData ? "354 go\r\n" : "250 ok\r\n");
    }
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  parentPort?.postMessage(typeof address === "object" ? address?.port : 0);
});
