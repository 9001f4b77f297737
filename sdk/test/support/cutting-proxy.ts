/** A way to a server that is cut, or held up, as a test says. */
import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

/** The way. */
export interface CuttingProxy {
  readonly port: number;
  /** Bytes that came from the server. */
  readonly delivered: number;
  /** Did these words cross it, in either direction? */
  seen(words: string): boolean;
  /**
   * From now on every connection ends after so many more bytes of the server, altogether; where a number of cuts is
   * given, each of them comes after so many bytes, and then connections hold again.
   */
  cutAfter(bytes: number, cuts?: number): void;
  /** Connections hold again. */
  mend(): void;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Opens it, on loopback. */
export async function cuttingProxy(target: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>();
  const traffic: Buffer[] = []; // the beginning of it
  let delivered = 0;
  let left = Infinity;
  let following: number[] = [];
  const server = createServer((inner) => {
    const outer = connect(target, "127.0.0.1");
    const end = (): void => {
      inner.destroy();
      outer.destroy();
    };
    for (const socket of [inner, outer]) {
      sockets.add(socket);
      socket.on("error", end).on("close", end);
    }
    inner.on("data", (bytes) => {
      if (traffic.length < 5000) traffic.push(bytes);
      outer.write(bytes);
    });
    outer.on("data", (bytes) => {
      if (traffic.length < 5000) traffic.push(bytes);
      left -= bytes.length;
      if (left <= 0) {
        left = following.shift() ?? left;
        return end();
      }
      delivered += bytes.length;
      if (!inner.write(bytes)) {
        outer.pause();
        inner.once("drain", () => outer.resume());
      }
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    get delivered() {
      return delivered;
    },
    seen: (words) => Buffer.concat(traffic).includes(words),
    cutAfter(bytes, cuts) {
      left = bytes;
      following =
        cuts === undefined ? [] : [...Array.from({ length: cuts - 1 }, () => bytes), Infinity];
    },
    mend() {
      left = Infinity;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
