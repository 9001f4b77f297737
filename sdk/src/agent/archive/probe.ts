/**
 * Which ways to an archive answer just now: asked of all at once, within two seconds, and remembered for a minute, so
 * that a fleet of notifications costs one question each. A probe is a hint: a way that did not answer is put off, not
 * left out.
 */
import type { Obtainer, ObtainRequest, Reach } from "../../transport/index.ts";
import type { Way } from "./choice.ts";

const patienceMs = 2000;
const rememberedMs = 60_000;
const maxRemembered = 64;

/** What answered lately. */
export class Probes {
  readonly #known = new Map<string, { readonly reach: Reach; readonly at: number }>();

  /** Answers by place; ways whose obtainer cannot tell are left out. One way alone needs no question. */
  async ask(
    ways: readonly Way[],
    requestFor: (way: Way) => ObtainRequest,
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Reach>> {
    if (ways.length < 2) return new Map();
    const answers = await Promise.all(
      ways.map(async (way) => {
        if (way.obtainer.probe === undefined) return [];
        return [[way.place, await this.#reach(way, requestFor(way), signal)] as const];
      }),
    );
    return new Map(answers.flat());
  }

  async #reach(
    { place, obtainer }: Way,
    request: ObtainRequest,
    signal: AbortSignal,
  ): Promise<Reach> {
    const now = performance.now();
    const known = this.#known.get(place);
    if (known !== undefined && now - known.at < rememberedMs) return known.reach;
    const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
    const reach = await probe(obtainer, request, patience);
    // Whether it is here is a fact of one archive, and may change at any time.
    if (obtainer.name !== "email" && !signal.aborted) this.#known.set(place, { reach, at: now });
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxRemembered && oldest !== undefined) this.#known.delete(oldest);
    return reach;
  }
}

async function probe(
  obtainer: Obtainer,
  request: ObtainRequest,
  signal: AbortSignal,
): Promise<Reach> {
  try {
    return (await obtainer.probe?.(request, { signal })) ?? "reachable";
  } catch {
    return "unreachable";
  }
}
