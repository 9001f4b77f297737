/**
 * Streams bytes through one of zlib's engines with flat memory: a chunk's buffer is free again when the next chunk is
 * asked for, which `stream.pipeline` cannot promise.
 */
import type { Transform } from "node:stream";

/** Takes bytes in order; what it returns is waited for. A chunk is valid until then. */
export type ByteSink = (chunk: Uint8Array) => Promise<void> | void;

/**
 * Writes every chunk into the engine and gives the sink what comes out.
 *
 * @returns false where the engine came to its end before the chunks did.
 */
export async function streamThrough(
  engine: Transform,
  chunks: AsyncIterable<Uint8Array>,
  sink: ByteSink,
): Promise<boolean> {
  let all = false;
  const feed = async (): Promise<void> => {
    for await (const chunk of chunks) await write(engine, chunk);
    all = true;
    engine.end();
  };
  feed().catch((error: unknown) => engine.destroy(error as Error)); // and so the loop below throws it
  // Not `Promise.all`: behind the end of a frame, zlib never calls back for what it was still given.
  for await (const chunk of engine as AsyncIterable<Uint8Array>) await sink(chunk);
  return all;
}

/** Returns once the engine has taken in all of the chunk. */
async function write(engine: Transform, chunk: Uint8Array): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    engine.write(chunk, (error) => (error ? reject(error) : resolve()));
  });
}
