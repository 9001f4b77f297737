/**
 * The patrol: looks at the interfaces twice a second and keeps one watch on each segment. Change events for links exist
 * on no platform alike; a socket goes deaf for ever when its interface is re-created with the same address, so every
 * change ends the old watch and begins a new one.
 */
import { currentSegments, type Segment, type SegmentPolicy } from "./segment.ts";

/** What is done on one segment until it changes. */
export interface Watch {
  /** Looks at once at what it looks at from time to time. */
  lookNow?(): void;
  /** `gone`: the link is not there any more, nothing can be sent on it. */
  end(why: "gone" | "closing"): Promise<void>;
}

/** How it goes. */
export interface PatrolOptions extends SegmentPolicy {
  /** Pause between looks at the interfaces; default 500. */
  readonly patrolMs?: number;
}

/** Who hears of it. */
export interface PatrolNews {
  /** Called before the first watch on segments that were not there at the last look. */
  readonly onLink?: () => void;
  /** Called after the first look, and after each that found other segments: all that are watched now. */
  readonly onSegments?: (segments: readonly Segment[]) => void;
}

/** A running patrol; end it. */
export class Patrol {
  readonly #options: PatrolOptions & PatrolNews;
  readonly #begin: (segment: Segment) => Watch;
  readonly #watches = new Map<string, Watch>();
  readonly #timer: NodeJS.Timeout;
  #found: string | undefined;

  constructor(options: PatrolOptions & PatrolNews, begin: (segment: Segment) => Watch) {
    this.#options = options;
    this.#begin = begin;
    this.#look();
    this.#timer = setInterval(() => this.#look(), options.patrolMs ?? 500);
  }

  /** The watches that are kept now. */
  get watches(): Iterable<Watch> {
    return this.#watches.values();
  }

  /** How many segments there are now. */
  get size(): number {
    return this.#watches.size;
  }

  /** Ends every watch. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    const watches = [...this.#watches.values()];
    this.#watches.clear();
    await Promise.all(watches.map((watch) => watch.end("closing")));
  }

  #look(): void {
    const now = new Map(currentSegments(this.#options).map((segment) => [segment.key, segment]));
    for (const [key, watch] of this.#watches)
      if (!now.has(key)) {
        this.#watches.delete(key);
        void watch.end("gone");
      }
    const added = [...now.values()].filter(({ key }) => !this.#watches.has(key));
    if (added.length > 0) this.#options.onLink?.();
    for (const segment of added) this.#watches.set(segment.key, this.#begin(segment));
    const found = [...now.keys()].toSorted().join("\n");
    if (found === this.#found) return;
    this.#found = found;
    this.#options.onSegments?.([...now.values()]);
  }
}
