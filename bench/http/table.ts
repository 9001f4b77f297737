/** Figures as lines with columns. */

/** The middle one. */
export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((left, right) => left - right);
  return sorted[Math.floor(sorted.length / 2)] ?? NaN;
}

/** One row. */
export function say(columns: readonly string[]): void {
  process.stdout.write(
    `${columns
      .map((column) => column.padEnd(24))
      .join("")
      .trimEnd()}\n`,
  );
}
