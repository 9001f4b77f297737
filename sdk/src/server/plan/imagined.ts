/**
 * An audience that nobody has registered yet, for planning ahead: its members are computed from their numbers, so that
 * ten million of them take no memory. Mail domains are as uneven as real ones (Zipf: the n-th largest has 1/n of the
 * largest's members).
 */
import type { Roster } from "../audience/roster.ts";
import { lots } from "../drafting/draw.ts";

/** What to imagine. */
export interface ImaginedAudience {
  readonly size: number;
  /** Transport → its share of the audience; shares need not add up to one. */
  readonly transports: Readonly<Record<string, number>>;
  /** Mail domains. Default: one for every 200 members, at most 50,000. */
  readonly domains?: number;
  /** Group → its share of the audience, such as `{canary: 0.001}`. */
  readonly groups?: Readonly<Record<string, number>>;
}

/** Imagines it; always the same one. */
export function imaginedRoster({
  size,
  transports,
  domains = Math.min(50_000, Math.ceil(size / 200)),
  groups = {},
}: ImaginedAudience): Roster {
  const names = Array.from({ length: domains }, (_, rank) => `site-${rank + 1}.example`);
  const ways = thresholds(transports);
  const groupOf = Object.entries(groups).map(([name, share]) => ({ name, share }));
  const lotOf = lots("an imagined audience");
  const destination = (index: number): string =>
    names[Math.floor((domains + 1) ** spread(index)) - 1] ?? "site-1.example";
  return {
    size,
    agent: (index) => `machine-${index + 1}`,
    address: (index) => `machine-${index + 1}@${destination(index)}`,
    transport(index) {
      const drawn = spread(index * 3 + 1);
      return ways.find(({ upTo }) => drawn < upTo)?.name ?? "email";
    },
    destination,
    isIn(index, group) {
      const share = groupOf.find(({ name }) => name === group)?.share ?? 0;
      return lotOf(`${group}/${index}`) < share * 2 ** 32;
    },
  };
}

function thresholds(
  shares: Readonly<Record<string, number>>,
): { readonly name: string; readonly upTo: number }[] {
  const total = Object.values(shares).reduce((sum, share) => sum + share, 0);
  let sum = 0;
  return Object.entries(shares).map(([name, share]) => ({ name, upTo: (sum += share / total) }));
}

/** Numbers in a row, spread evenly over [0, 1): multiples of the golden ratio. */
function spread(index: number): number {
  return (index * 0.618_033_988_749_895) % 1;
}
