/** What is due, the earliest first, of equals who came first: a binary heap. */

/** Something with its time. */
export interface Due {
  readonly dueMs: number;
  readonly number: number;
}

/** Many of them. */
export class DueHeap<T extends Due> {
  readonly #items: T[] = [];

  /** The earliest. */
  get first(): T | undefined {
    return this.#items[0];
  }

  add(item: T): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    for (let above = (at - 1) >> 1; at > 0; at = above, above = (at - 1) >> 1) {
      const parent = items[above];
      if (parent === undefined || isBefore(parent, item)) break;
      items[at] = parent;
      items[above] = item;
    }
  }

  /** Takes the earliest away. */
  shift(): void {
    const items = this.#items;
    const last = items.pop();
    if (last === undefined || items.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const [one, other] = [items[left], items[left + 1]];
      if (one === undefined) break;
      const below = other !== undefined && isBefore(other, one) ? left + 1 : left;
      const child = items[below];
      if (child === undefined || isBefore(last, child)) break;
      items[at] = child;
      at = below;
    }
    items[at] = last;
  }
}

function isBefore(one: Due, other: Due): boolean {
  return one.dueMs < other.dueMs || (one.dueMs === other.dueMs && one.number < other.number);
}
