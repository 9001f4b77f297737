/** The EventFeed over one table, and a notification for whoever does not want to wait for the next look at it. */
import type { EventFeed } from "../../../ledger/index.ts";
import type { Database } from "../database.ts";
import type { SessionClass } from "../hosts.ts";
import { hear, type Doorbell } from "./doorbell.ts";
import { feedReader } from "./reader.ts";
import { feedWriter } from "./writer.ts";

/** Who follows, or waits for work, costs one connection more; who only tells does not. */
export function postgresFeed(
  database: Database,
  Session: SessionClass,
): EventFeed & { close(): Promise<void> } {
  const reader = feedReader(database);
  const writer = feedWriter(database, () => reader.ready());
  const wakes = new Set<() => void>();
  let doorbell: Doorbell | undefined;
  const listen = (): void => {
    doorbell ??= hear(Session, (ring) => {
      reader.look(ring === undefined);
      if (ring === undefined || (ring.makesWork && ring.origin !== writer.origin))
        for (const wake of wakes) wake();
    });
  };
  return {
    tell: (event, makesWork = false) => writer.tell(event, makesWork),
    follow(after) {
      listen();
      return reader.follow(after);
    },
    onWork(wake) {
      listen();
      wakes.add(wake);
      return () => wakes.delete(wake);
    },
    async close() {
      wakes.clear();
      await writer.close();
      await Promise.all([reader.close(), doorbell?.close()]);
    },
  };
}
