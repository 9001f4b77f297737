/**
 * A body in larger pieces: writing and hashing cost by the piece. None is held back for long, so that a cut loses nothing
 * that came and whoever watches the rate sees it.
 */

const longestMs = 20;

/** Pieces of at most so many bytes; what came before a fault is given before the fault. */
export async function* blocksOf(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  let gathered: Buffer[] = [];
  let length = 0;
  let begun = performance.now();
  const take = (): Buffer => {
    const block = Buffer.concat(gathered, length);
    [gathered, length, begun] = [[], 0, performance.now()];
    return block;
  };
  try {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length;) {
        const piece = chunk.subarray(at, at + maxBytes - length);
        gathered.push(piece);
        length += piece.length;
        at += piece.length;
        if (length === maxBytes) yield take();
      }
      if (length > 0 && performance.now() - begun > longestMs) yield take();
    }
  } catch (error) {
    if (length > 0) yield take();
    throw error;
  }
  if (length > 0) yield take();
}
