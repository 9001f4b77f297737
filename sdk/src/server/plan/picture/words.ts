/** Numbers and times for people, in pictures and on a terminal. */

/** Milliseconds with a unit that fits: `0 s`, `45 s`, `12 min`, `3.5 h`, `2.0 d`. */
export function formatDuration(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  if (seconds < 120) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172_800
    ? `${(seconds / 3600).toFixed(1)} h`
    : `${(seconds / 86_400).toFixed(1)} d`;
}

/** Whole numbers in groups of three: `1 234 567`, the groups held together. */
export function formatNumber(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(\d{3})+$)/g, "\u202F");
}

const prefixes = ["", "k", "M", "G", "T", "P"] as const;

/** A quantity in three digits and a prefix: `125 MB/s`, `2.0 k/s`. */
export function formatQuantity(value: number, unit: string): string {
  let shown = value;
  let power = 0;
  for (; shown >= 999.5 && power < prefixes.length - 1; power++) shown /= 1000;
  const digits = shown >= 99.5 || Number.isInteger(shown) ? 0 : shown >= 9.95 ? 1 : 2;
  return `${Number(shown.toFixed(digits))} ${prefixes[power] ?? ""}${unit}`;
}
