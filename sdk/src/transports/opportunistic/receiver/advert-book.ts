/** What was heard on one segment, put together from records that come in any order; bounded, the oldest goes first. */
import { isPath, readText, service, type Advert, type DnsRecord } from "../advert.ts";

const maxEntries = 64;
const maxAddresses = 8;

interface Instance {
  readonly port?: number;
  readonly target?: string;
  readonly text?: ReadonlyMap<string, string>;
}

/** Adverts by instance. */
export class AdvertBook {
  readonly #instances = new Map<string, Instance>();
  readonly #addresses = new Map<string, readonly string[]>();

  /** Takes records in. @returns the names of the instances that they spoke of, those that left apart */
  take(records: readonly DnsRecord[]): ReadonlySet<string> {
    const touched = new Set<string>();
    for (const record of records) {
      const name = record.name.toLowerCase();
      if (record.type === "A" || record.type === "AAAA") this.#takeAddress(name, record.data);
      const instance = record.type === "PTR" && name === service ? record.data.toLowerCase() : name;
      if (!instance.endsWith(`.${service}`)) continue;
      if ("ttl" in record && record.ttl === 0) {
        this.#instances.delete(instance);
        touched.delete(instance);
        continue;
      }
      if (record.type === "PTR") touched.add(instance);
      if (record.type === "SRV") {
        const { port, target } = record.data;
        this.#keep(instance, { port, target: target.toLowerCase() });
        touched.add(instance);
      }
      if (record.type === "TXT") {
        this.#keep(instance, { text: readText(record.data) });
        touched.add(instance);
      }
    }
    return touched;
  }

  /** The advert, or what to ask for where a part of it is not known yet. */
  find(instance: string): Advert | { readonly ask: string } {
    const { port, target, text } = this.#instances.get(instance) ?? {};
    if (port === undefined || target === undefined) return { ask: instance };
    const addresses = this.#addresses.get(target);
    if (addresses === undefined) return { ask: target };
    const path = text?.get("path") ?? "/";
    return {
      instance,
      port,
      path: isPath(path) ? path : "/",
      state: text?.get("state") ?? "",
      addresses,
    };
  }

  #keep(name: string, part: Instance): void {
    const before = this.#instances.get(name);
    this.#instances.delete(name); // to the end: heard of last
    this.#instances.set(name, { ...before, ...part });
    dropOldest(this.#instances);
  }

  #takeAddress(name: string, address: string): void {
    const before = this.#addresses.get(name) ?? [];
    this.#addresses.delete(name);
    const others = before.filter((known) => known !== address);
    this.#addresses.set(name, [address, ...others].slice(0, maxAddresses));
    dropOldest(this.#addresses);
  }
}

function dropOldest(map: Map<string, unknown>): void {
  const [oldest] = map.keys();
  if (map.size > maxEntries && oldest !== undefined) map.delete(oldest);
}
