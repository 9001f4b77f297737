/** The word that was probably meant: the nearest by Levenshtein's distance, if it is near at all. */

/** The nearest of the words; `undefined` if none is within a third of its length, at least one letter. */
export function nearestWord(written: string, words: readonly string[]): string | undefined {
  let nearest: { readonly word: string; readonly distance: number } | undefined;
  for (const word of words) {
    const distance = distanceBetween(written.toLowerCase(), word.toLowerCase());
    const limit = Math.max(1, Math.floor(word.length / 3));
    if (distance <= limit && distance < (nearest?.distance ?? Infinity))
      nearest = { word, distance };
  }
  return nearest?.word;
}

/** Letters to insert, to remove or to change. */
function distanceBetween(left: string, right: string): number {
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let at = 0; at < left.length; at++) {
    const next = [at + 1];
    for (let index = 0; index < right.length; index++)
      next.push(
        Math.min(
          (next[index] ?? 0) + 1,
          (row[index + 1] ?? 0) + 1,
          (row[index] ?? 0) + (right[index] === left[at] ? 0 : 1),
        ),
      );
    row = next;
  }
  return row[right.length] ?? 0;
}
