/** A relay on loopback that takes everything and remembers who was told by which message. */
import { SMTPServer } from "smtp-server";

/** A running relay. */
export interface Relay {
  readonly port: number;
  /** Message-IDs by recipient. */
  readonly told: ReadonlyMap<string, ReadonlySet<string>>;
  close(): Promise<void>;
}

/** Starts it on any free port. */
export async function startRelay(): Promise<Relay> {
  const told = new Map<string, Set<string>>();
  const server = new SMTPServer({
    disabledCommands: ["AUTH", "STARTTLS"],
    closeTimeout: 100, // milliseconds for those who keep a connection for later
    onData(stream, session, callback) {
      let text = "";
      stream.setEncoding("latin1").on("data", (piece: string) => (text += piece));
      stream.once("end", () => {
        const id = /^Message-ID: (.*)$/im.exec(text)?.[1] ?? "";
        for (const { address } of session.envelope.rcptTo)
          told.set(address, (told.get(address) ?? new Set()).add(id));
        setTimeout(callback, 20, null, "2.0.0 taken"); // time for a sender to be replaced
      });
    },
  });
  server.on("error", () => undefined); // whoever ends drops its connections
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.server.address();
  if (typeof address !== "object" || address === null) throw new Error("the relay has no port");
  return {
    port: address.port,
    told,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
