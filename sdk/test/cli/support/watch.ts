/** Whoever watches a site over HTTP: events in the order in which they came, going on after the last where it comes back. */
import { createParser } from "eventsource-parser";
import type { ServerEvent } from "../../../src/server/index.ts";

/** One watcher. */
export class Watch {
  readonly events: ServerEvent[] = [];
  #last = "";
  #stop = new AbortController();

  /** Through this door from now on; after what was seen last, if it has watched before. @param url of a server */
  async through(url: string): Promise<void> {
    this.leave();
    this.#stop = new AbortController();
    const { status, body } = await fetch(new URL("events", url), {
      headers: this.#last === "" ? {} : { "last-event-id": this.#last },
      signal: this.#stop.signal,
    });
    if (status !== 200 || body === null) throw new Error(`${url} answers ${status}`);
    void this.#read(body).catch(() => undefined); // it was left
  }

  leave(): void {
    this.#stop.abort();
  }

  of<Kind extends ServerEvent["event"]>(kind: Kind): Extract<ServerEvent, { event: Kind }>[] {
    return this.events.filter(
      (event): event is Extract<ServerEvent, { event: Kind }> => event.event === kind,
    );
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    const parser = createParser({
      onEvent: ({ event, data, id = "" }) => {
        this.#last = id;
        this.events.push({ event, ...(JSON.parse(data) as object) } as ServerEvent);
      },
    });
    const decoder = new TextDecoder();
    for await (const piece of body) parser.feed(decoder.decode(piece, { stream: true }));
  }
}
