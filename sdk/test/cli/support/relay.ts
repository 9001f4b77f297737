/** A relay that takes every mail and counts: which messages came, how often, and who was written to by which. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";

/** What it has seen. */
export interface CountingRelay {
  readonly port: number;
  /** Message-IDs by recipient. */
  readonly written: ReadonlyMap<string, ReadonlySet<string>>;
  /** When which address was written to, in the order of time. */
  readonly log: readonly { readonly address: string; readonly atMs: number }[];
  /** How often each message was taken, by Message-ID. */
  readonly messages: ReadonlyMap<string, number>;
  /** From now on it says of no mail that it took it, until it is let go on. @returns how to let it */
  hold(): () => void;
  close(): void;
}

/** Listens on a port of 127.0.0.1. @param delayMs how long it thinks before it says that it took a mail */
export async function startCountingRelay(delayMs = 0): Promise<CountingRelay> {
  const written = new Map<string, Set<string>>();
  const messages = new Map<string, number>();
  const log: CountingRelay["log"][number][] = [];
  let held: Promise<void> = Promise.resolve();
  const answer = async (done: () => void): Promise<void> => {
    await held;
    done();
  };
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    onData(stream, session, done) {
      let text = "";
      stream.setEncoding("latin1").on("data", (piece: string) => (text += piece));
      stream.once("end", () => {
        const id = /^Message-ID: (.*)$/im.exec(text)?.[1] ?? "";
        messages.set(id, (messages.get(id) ?? 0) + 1);
        for (const { address } of session.envelope.rcptTo) {
          written.set(address, (written.get(address) ?? new Set()).add(id));
          log.push({ address, atMs: performance.now() });
        }
        setTimeout(() => void answer(done), delayMs);
      });
    },
  });
  server.on("error", () => undefined); // whoever ends drops its connections
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return {
    port,
    written,
    log,
    messages,
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = promise;
      return resolve;
    },
    close: () => server.close(() => undefined),
  };
}
