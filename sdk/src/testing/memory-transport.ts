/** A transport within one process: for tests, and the shortest example of what a transport is. */
import {
  throwIfCancelled,
  type Delivery,
  type Incoming,
  type Receiver,
  type Sender,
} from "../transport/index.ts";

/** Both halves, sharing a memory. */
export interface MemoryTransport {
  readonly sender: Sender;
  /** What the agent of this address hears. */
  openReceiver(address: string): Receiver;
  /** What lies unsettled for this address. */
  waiting(address: string): number;
}

interface Box {
  readonly letters: Set<Delivery>;
  ring: () => void;
}

/** Makes one; nothing leaves the process. */
export function memoryTransport(): MemoryTransport {
  const boxes = new Map<string, Box>();
  const boxOf = (address: string): Box => {
    const box = boxes.get(address) ?? { letters: new Set(), ring: () => undefined };
    boxes.set(address, box);
    return box;
  };
  return {
    sender: {
      name: "memory",
      async send(delivery, { signal } = {}) {
        throwIfCancelled(signal, `delivery ${delivery.id}`);
        return delivery.recipients.map(({ agent, address }) => {
          const box = boxOf(address);
          box.letters.add(delivery);
          box.ring();
          return { agent, outcome: "accepted", detail: "It lies in memory." };
        });
      },
    },
    waiting: (address) => boxOf(address).letters.size,
    openReceiver: (address) => ({
      name: "memory",
      async *receive({ signal }) {
        const box = boxOf(address);
        const yielded = new Set<Delivery>();
        while (!signal.aborted) {
          const next = [...box.letters].find((letter) => !yielded.has(letter));
          if (next === undefined) {
            await rung(box, signal);
            continue;
          }
          yielded.add(next);
          yield incomingOf(next, box, address);
        }
      },
    }),
  };
}

function incomingOf(delivery: Delivery, box: Box, address: string): Incoming {
  return {
    bytes: delivery.envelope,
    origin: `memory of ${address}`,
    ...(delivery.attachment === undefined ? {} : { attachment: delivery.attachment }),
    async settle() {
      box.letters.delete(delivery);
    },
  };
}

async function rung(box: Box, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  box.ring = wake;
  signal.addEventListener("abort", wake, { once: true });
  await promise;
  signal.removeEventListener("abort", wake);
}
