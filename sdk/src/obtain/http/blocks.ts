/**
 * A body in larger pieces: writing and hashing cost by the piece. None is held back for long, so that a cut loses
 * nothing that came and whoever watches the rate sees it.
 */

const longestMs = 20;

/** Pieces of at most so many bytes, each good until the next is asked for; what came before a fault is given first. */
export async function* blocksOf(
  body: AsyncIterable<Buffer>,
  maxBytes: number,
): AsyncGenerator<Buffer> {
  const block = Buffer.allocUnsafe(maxBytes);
  let length = 0;
  let begun = performance.now();
  const take = (): Buffer => {
    const taken = block.subarray(0, length);
    length = 0;
    begun = performance.now();
    return taken;
  };
  try {
    for await (const chunk of body) {
      for (let at = 0; at < chunk.length;) {
        const copied = chunk.copy(block, length, at);
        length += copied;
        at += copied;
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
